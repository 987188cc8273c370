import { expect, test } from 'vitest';
import { createAccessLog } from '../src/app-access-log.ts';
import { createMetrics } from '../src/app-metrics.ts';
import { createState } from '../src/app-state.ts';
import { parseConfig } from '../src/config/config.ts';
import { createLog } from '../src/telemetry/log.ts';
import { DECISION, entry } from './accesslog/entries.ts';

test('entries that fault one after the other fill no disk: the log has one line a second', () => {
  const parsed = parseConfig(['--endpoints=127.0.0.1:1', '--response-signals=access-log'], {});
  if (parsed.kind !== 'ok') throw new Error('bad flags');
  const { config } = parsed;
  let nowMs = 0;
  const clocks = { now: () => nowMs, epochMs: () => DECISION.started };
  const state = createState(config, clocks);
  const stop = new AbortController();
  const { requests: metrics, entries } = createMetrics(config, state, { ...clocks, stop: stop.signal });
  const lines: string[] = [];
  const log = createLog(0, { write: (line) => void lines.push(line) });
  const failing = () => {
    throw new Error('a sink');
  };
  const service = createAccessLog({ config, state, entries, metrics, log, records: [failing], ...clocks });
  const nothing = () => undefined;
  const call = { send: nothing, end: nothing, metadata: nothing, authority: undefined };
  const { onMessage } = service.accept(call);
  const batch = { kind: 'entries', entries: Array.from({ length: 500 }, () => entry()), broken: 0 } as const;
  onMessage(batch);
  nowMs = 1000;
  onMessage(batch);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'fault', leftOut: 0 },
    { msg: 'fault', leftOut: 499 },
  ]);
  stop.abort();
});
