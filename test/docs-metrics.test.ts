import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMetrics } from '../src/app-metrics.ts';
import { createState } from '../src/app-state.ts';
import { parseConfig } from '../src/config/config.ts';
import { modelName, poolKey, targetName } from '../src/core/names.ts';
import { NO_RESPONSE } from './core/no-response.ts';
import { member, model, pool, weights } from './core/objects.ts';
import { decided, record } from './telemetry/target-records.ts';

const DOC = readFileSync(join(import.meta.dirname, '../docs/metrics.md'), 'utf8');

/** A page on which every family has a sample with all its labels. */
async function fullPage(...flags: readonly string[]): Promise<string> {
  const parsed = parseConfig(['--endpoints=127.0.0.1:1', ...flags], {});
  if (parsed.kind !== 'ok') throw new Error('bad flags');
  const stop = new AbortController();
  const now = () => 1000;
  const state = createState(parsed.config, { now, epochMs: () => 0 });
  const {
    sources,
    requests,
    entries,
    record: count,
    page,
  } = createMetrics(parsed.config, state, { now, stop: stop.signal });
  state.store.publishPolicy('test', [
    pool('pool'),
    model('m', 'lora-request', { targets: weights({ a: 1 }) }),
  ]);
  state.store.publishMembers('test', [member('10.0.0.1')]);
  sources.scrapeFailed('10.0.0.1:8000', 'timeout');
  sources.scraped('10.0.0.1:8000', 1);
  sources.freshness('10.0.0.1:8000', 'fresh');
  sources.reloadError('files');
  const missing = { pool: poolKey('default', 'p'), model: modelName('m'), target: targetName('t') };
  sources.missingTargets([missing]);
  sources.loaded('files', { objects: 1, problems: 0, skipped: new Map([['Service', 1]]) });
  sources.kubernetes.failed('Pod', 'list', 'timeout');
  sources.kubernetes.listed('Pod');
  sources.kubernetes.written('InferenceModel');
  sources.kubernetes.leads(true);
  const watch = { group: '', kind: 'Pod', namespace: 'default', state: 'synced' };
  sources.kubernetes.follow(() => ({ oldSinceMs: undefined, watches: [watch] }));
  entries.entry('recorded');
  entries.refused('too_large');
  requests.rejected('no_endpoint');
  requests.modeResolved('buffered', 'order');
  requests.opaque('content_encoding');
  requests.streamReset('body');
  requests.dispatched('10.0.0.1:8000');
  requests.decisionTook(0.001);
  requests.routed({ ...decided(), endpoint: { address: '10.0.0.1:8000' } });
  count(record({ ...NO_RESPONSE, status: 200, noUsage: 'absent' }));
  count(
    record({
      firstTokenMs: 1,
      usage: { promptTokens: 1, completionTokens: 1 },
      requestBytes: 1,
      responseBytes: 1,
    }),
  );
  const { text } = await page();
  stop.abort();
  return text;
}

/** `name type labels` of every family of a page but Node's own. */
function familiesOf(page: string): readonly string[] {
  const lines = page.split('\n');
  return lines.flatMap((line) => {
    const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name === '' || /^(process|nodejs)_/.test(name)) return [];
    const sample = lines.find((each) => new RegExp(`^${name}(_bucket)?[{ ]`).test(each)) ?? 'no sample';
    const labels = [...sample.matchAll(/[{,](\w+)="/g)].map(([, label = '']) => label);
    return [
      row(
        name,
        type,
        labels.filter((label) => label !== 'le'),
      ),
    ];
  });
}

function row(name: string, type: string, labels: readonly string[]): string {
  return `${name} ${type} ${labels.toSorted().join(',')}`;
}

interface Documented {
  readonly name: string;
  readonly family: string;
  readonly query: string;
}

function documented(): readonly Documented[] {
  return [...DOC.matchAll(/^\| `(\w+)` \| (\w+) \| (.*?) \| .* \| `(.+)` \|$/gm)].map(
    ([, name = '', type = '', labels = '', query = '']) => {
      const names = [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label);
      return { name, family: row(name, type, names), query };
    },
  );
}

test('docs/metrics.md lists every metric with its type and labels, and no other', async () => {
  expect(
    documented()
      .map(({ family }) => family)
      .toSorted(),
  ).toEqual(familiesOf(await fullPage()).toSorted());
});

test('each example query is of the metric beside it', () => {
  expect(documented().filter(({ name, query }) => !query.includes(name))).toEqual([]);
});

test('--compat-metrics=false leaves out all names that are not our own', async () => {
  const families = familiesOf(await fullPage('--compat-metrics=false'));
  expect(families.filter((family) => !family.startsWith('serin_'))).toEqual([]);
  expect(families).toContain('serin_target_weight gauge group,kind,model,namespace,pool,role,target');
});

test('no series is on the page twice', async () => {
  const series = (await fullPage()).split('\n').filter((line) => /^\w/.test(line));
  const names = series.map((line) => line.slice(0, line.lastIndexOf(' ')));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
