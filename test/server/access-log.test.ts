import type { ClientDuplexStream } from '@grpc/grpc-js';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { Intake } from '../../src/accesslog/intake.ts';
import type { LogEntry } from '../../src/accesslog/log-entry.ts';
import { MAX_ENTRIES } from '../../src/accesslog/log-entry.ts';
import { createAccessLogService } from '../../src/server/access-log.ts';
import { SERVICES } from '../../src/server/proto.ts';
import { createAccessLogMetrics } from '../../src/telemetry/access-log-metrics.ts';
import { entry, WIRE_ENTRY } from '../accesslog/entries.ts';
import { seriesOf } from '../telemetry/series.ts';
import { openClient, openStream, startServer, statusOf } from './grpc-client.ts';
import { TRANSPORTS } from './transports.ts';

const OK = 0;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;

const METHOD = { service: SERVICES.accessLog, method: 'StreamAccessLogs' };
const logs = (...entries: readonly object[]) => ({ http_logs: { log_entry: entries } });

type LogStream = ClientDuplexStream<object, object>;

describe.each(TRANSPORTS)('the access log service on %s', (_, transport) => {
  async function start(intake: Intake = () => 'recorded', maxStreams = 10) {
    const registry = new Registry();
    const faults: unknown[] = [];
    const taken: LogEntry[] = [];
    const accessLog = createAccessLogService({
      intake: (each) => {
        taken.push(each);
        return intake(each);
      },
      maxStreams,
      metrics: createAccessLogMetrics(registry),
      onFault: (error) => void faults.push(error),
    });
    const { server, port } = await startServer({ accessLog }, transport);
    const open = (): LogStream => {
      const stream = openStream<object, object>(openClient(port), METHOD);
      stream.resume();
      stream.on('error', () => undefined);
      return stream;
    };
    return { server, open, taken, faults, series: (name: string) => seriesOf(registry, name) };
  }

  test('takes batch after batch on one stream, and answers its end once', async () => {
    const { open, taken, series } = await start();
    const stream = open();
    const replies: unknown[] = [];
    stream.on('data', (reply) => replies.push(reply));
    stream.write({ identifier: { log_name: 'serin' }, ...logs(WIRE_ENTRY) });
    stream.write(logs(WIRE_ENTRY, WIRE_ENTRY));
    await expect.poll(() => taken).toEqual([entry(), entry(), entry()]);
    expect(await series('serin_access_log_streams_open')).toEqual([' 1']);
    stream.end();
    expect([(await statusOf(stream)).code, replies]).toEqual([OK, [{}]]);
    await expect.poll(() => series('serin_access_log_streams_open')).toEqual([' 0']);
    expect(await series('serin_access_log_entries_total')).toEqual(['{result="recorded"} 3']);
  });

  test('goes on behind an entry that a sink fails on', async () => {
    const { open, taken, faults, series } = await start(({ status }) => {
      if (status === 500) throw new Error('a sink');
      return 'recorded';
    });
    const failing = { ...WIRE_ENTRY, response: { response_code: { value: 500 } } };
    open().write(logs(WIRE_ENTRY, failing, WIRE_ENTRY));
    await expect.poll(() => taken).toHaveLength(3);
    expect(faults).toEqual([new Error('a sink')]);
    expect(await series('serin_access_log_entries_total')).toEqual(['{result="recorded"} 2']);
  });

  test('ends a stream whose message is too large, and no other', async () => {
    const { open, taken, series } = await start();
    const [good, bad] = [open(), open()];
    bad.write(logs(...Array.from({ length: MAX_ENTRIES + 1 }, () => ({}))));
    expect((await statusOf(bad)).code).toBe(RESOURCE_EXHAUSTED);
    good.write(logs(WIRE_ENTRY));
    await expect.poll(() => taken).toHaveLength(1);
    expect(await series('serin_access_log_refused_total')).toEqual(['{reason="too_large"} 1']);
  });

  test('refuses streams past the limit, and takes new ones once there is room', async () => {
    const { open, taken, series } = await start(undefined, 1);
    const first = open();
    first.write(logs(WIRE_ENTRY));
    await expect.poll(() => taken).toHaveLength(1);
    const refused = open();
    refused.write(logs(WIRE_ENTRY));
    const { code, details } = await statusOf(refused);
    expect([code, details]).toEqual([RESOURCE_EXHAUSTED, expect.stringContaining('--max-log-streams')]);
    expect(await series('serin_access_log_refused_total')).toEqual(['{reason="too_many_streams"} 1']);
    first.cancel();
    await expect.poll(() => series('serin_access_log_streams_open')).toEqual([' 0']);
    open().write(logs(WIRE_ENTRY));
    await expect.poll(() => taken).toHaveLength(2);
  });

  test('ends its streams when the server drains, since they have no end of their own', async () => {
    const { server, open, taken } = await start();
    const stream = open();
    stream.write(logs(WIRE_ENTRY));
    await expect.poll(() => taken).toHaveLength(1);
    const status = statusOf(stream);
    await server.drain();
    expect((await status).code).toBe(UNAVAILABLE);
  });
});
