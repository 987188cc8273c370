import { describe, expect, test } from 'vitest';
import type { RequestRecord } from '../../src/core/request-record.ts';
import {
  createTargetMetrics,
  MOST_DIRECT_NAMES,
  MOST_GONE_TARGETS,
} from '../../src/telemetry/target-metrics.ts';
import { NO_RESPONSE } from '../core/no-response.ts';
import { model, weights } from '../core/objects.ts';
import { snapshotOf } from '../core/pods.ts';
import { decided, linesOf, record, SERIES } from './target-records.ts';

/** The samples of a family after these records. */
function told(name: string, ...records: readonly RequestRecord[]): readonly string[] {
  const metrics = createTargetMetrics();
  for (const each of records) metrics.record(each);
  return linesOf(metrics.text(), name);
}

describe('forwarded requests', () => {
  test('are counted when they go to their target, and are in flight until their stream closes', () => {
    const metrics = createTargetMetrics();
    const stable = decided({ targetLabel: 'a', role: 'stable', group: 'stable' });
    metrics.routed(decided());
    metrics.routed(decided());
    metrics.routed(stable);
    metrics.released(decided());
    const labels = SERIES.replace('target="b"', 'target="a"').replace(
      'group="v2",role="canary"',
      'group="stable",role="stable"',
    );
    expect(linesOf(metrics.text(), 'serin_requests_total')).toEqual([`{${SERIES}} 2`, `{${labels}} 1`]);
    expect(linesOf(metrics.text(), 'serin_requests_in_flight')).toEqual([`{${SERIES}} 1`, `{${labels}} 1`]);
  });

  test('begin at 0 for the targets that a snapshot has', () => {
    const metrics = createTargetMetrics();
    const targets = weights({ a: 9 }).map((target) => ({ ...target, group: 'v1' }));
    metrics.follow(snapshotOf(1, [model('m', 'lora-request', { targets })]));
    const labels = SERIES.replace(
      'target="b",group="v2",role="canary"',
      'target="a",group="v1",role="stable"',
    );
    expect(linesOf(metrics.text(), 'serin_requests_total')).toEqual([`{${labels}} 0`]);
    expect(linesOf(metrics.text(), 'serin_response_errors_total')).toEqual([`{${labels}} 0`]);
    metrics.follow(snapshotOf(1));
    expect(linesOf(metrics.text(), 'serin_requests_total')).toEqual([]);
  });

  test('of targets that no object names any more are told of, but for the oldest of very many', () => {
    const metrics = createTargetMetrics();
    const target = (name: string) => decided({ targetLabel: name });
    metrics.routed(target('open'));
    for (let made = 0; made < MOST_GONE_TARGETS + 5; made += 1) {
      metrics.routed(target(`t${made}`));
      metrics.released(target(`t${made}`));
    }
    metrics.follow(snapshotOf(1));
    const lines = linesOf(metrics.text(), 'serin_requests_total');
    const told = lines.map((line) => /target="(\w+)"/.exec(line)?.[1]);
    expect([told.length, told[0], told[1]]).toEqual([MOST_GONE_TARGETS + 1, 'open', 't5']);
  });

  test('of direct names are told apart up to a thousand, whoever invents more', () => {
    const metrics = createTargetMetrics();
    for (let made = 0; made < MOST_DIRECT_NAMES + 50; made += 1) {
      const name = `m${made}`;
      metrics.routed(
        decided({ route: 'direct', modelLabel: name, targetLabel: name, role: undefined, group: undefined }),
      );
    }
    metrics.routed(decided());
    const lines = linesOf(metrics.text(), 'serin_requests_total');
    expect(lines).toHaveLength(MOST_DIRECT_NAMES + 2);
    expect(lines.filter((line) => line.includes('model="other"'))).toEqual([
      '{namespace="default",pool="pool",model="other",target="other",group="",role="",route="direct"} 50',
    ]);
    expect(lines.at(-1)).toBe(`{${SERIES}} 1`);
  });

  test('write names that need it with escapes', () => {
    const metrics = createTargetMetrics();
    metrics.routed(decided({ modelLabel: 'a"b\\c\nd' }));
    expect(linesOf(metrics.text(), 'serin_requests_total')).toEqual([
      `{${SERIES.replace('lora-request', 'a\\"b\\\\c\\nd')}} 1`,
    ]);
  });
});

describe('responses', () => {
  test('are counted by class, and 5xx as errors', () => {
    const statuses = [200, 204, 301, 404, 429, 500, 503, undefined];
    const records = statuses.map((status) => record({ status }));
    expect(told('serin_responses_total', ...records)).toEqual([
      `{${SERIES},code="2xx"} 2`,
      `{${SERIES},code="3xx"} 1`,
      `{${SERIES},code="4xx"} 2`,
      `{${SERIES},code="5xx"} 2`,
      `{${SERIES},code="none"} 1`,
    ]);
    expect(told('serin_response_errors_total', ...records)).toEqual([`{${SERIES}} 2`]);
  });

  test('without an error make an error series of 0, so that rates can be compared', () => {
    expect(told('serin_response_errors_total', record())).toEqual([`{${SERIES}} 0`]);
  });

  test('give their duration, the time to their headers and to their first token', () => {
    const given = record({ durationMs: 1200, headersMs: 20, firstTokenMs: 250 });
    const of = (name: string) =>
      told(name, given).filter((line) => /le="(0.01|0.025|0.2|0.3|1|1.25)"|^_/.test(line));
    expect(told('serin_request_duration_seconds', given).slice(-2)).toEqual([
      `_sum{${SERIES}} 1.2`,
      `_count{${SERIES}} 1`,
    ]);
    expect(of('serin_request_duration_seconds')).toContain(`_bucket{${SERIES},le="1"} 0`);
    expect(of('serin_request_duration_seconds')).toContain(`_bucket{${SERIES},le="1.25"} 1`);
    expect(of('serin_response_headers_seconds')).toContain(`_bucket{${SERIES},le="0.01"} 0`);
    expect(of('serin_response_headers_seconds')).toContain(`_bucket{${SERIES},le="0.025"} 1`);
    expect(of('serin_time_to_first_token_seconds')).toContain(`_bucket{${SERIES},le="0.2"} 0`);
    expect(of('serin_time_to_first_token_seconds')).toContain(`_bucket{${SERIES},le="0.3"} 1`);
  });

  test('that never came have no duration', () => {
    expect(told('serin_request_duration_seconds', record({ ...NO_RESPONSE })).at(-1)).toBe(
      `_count{${SERIES}} 0`,
    );
  });

  test('sum up their tokens', () => {
    const records = [
      record({ usage: { promptTokens: 10, completionTokens: 3 } }),
      record({ usage: { promptTokens: 5, completionTokens: 4 } }),
    ];
    expect(told('serin_prompt_tokens_total', ...records)).toEqual([`{${SERIES}} 15`]);
    expect(told('serin_completion_tokens_total', ...records)).toEqual([`{${SERIES}} 7`]);
  });

  test('without usage are counted by reason', () => {
    const records = [
      record({ noUsage: 'absent' }),
      record({ noUsage: 'absent' }),
      record({ noUsage: 'cut' }),
    ];
    expect(told('serin_responses_without_usage_total', ...records)).toEqual([
      `{${SERIES},reason="cut"} 1`,
      `{${SERIES},reason="absent"} 2`,
    ]);
  });

  test('of rejections are none', () => {
    const rejected = record({ outcome: 'rejected', reason: 'no_endpoint', decided: undefined });
    expect(told('serin_responses_total', rejected)).toEqual([]);
  });
});
