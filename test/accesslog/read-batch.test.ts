import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_BATCH_BYTES, MAX_ENTRIES } from '../../src/accesslog/log-entry.ts';
import { readBatch } from '../../src/accesslog/read-batch.ts';
import { entry, serializeLogs, WIRE_ENTRY } from './entries.ts';

const batch = (entries: readonly object[]) => serializeLogs({ http_logs: { log_entry: entries } });

/** The first entry of a message with one. */
function readOne(wire: object) {
  const read = readBatch(batch([wire]));
  return read?.kind === 'entries' ? read.entries[0] : read;
}

/** WIRE_ENTRY with other common properties. */
const common = (parts: object) => ({
  ...WIRE_ENTRY,
  common_properties: { ...WIRE_ENTRY.common_properties, ...parts },
});

/** WIRE_ENTRY with another response. */
const response = (parts: object) => ({ ...WIRE_ENTRY, response: { ...WIRE_ENTRY.response, ...parts } });

describe('a message of the access log', () => {
  test('is read whole, its identifier aside', () => {
    const bytes = serializeLogs({
      identifier: { log_name: 'serin' },
      http_logs: { log_entry: [WIRE_ENTRY] },
    });
    expect(readBatch(bytes)).toEqual({ kind: 'entries', entries: [entry()], broken: 0 });
  });

  test('without entries, as of a log of connections, is empty', () => {
    expect(readBatch(new Uint8Array(0))).toEqual({ kind: 'entries', entries: [], broken: 0 });
  });

  test('gives its good entries although one of them is broken', () => {
    const [good] = [batch([WIRE_ENTRY])];
    const broken = Buffer.from([0x12, 4, 0x0a, 2, 0x0a, 0x7f]);
    const read = readBatch(Buffer.concat([good, broken, good]));
    expect(read).toEqual({ kind: 'entries', entries: [entry(), entry()], broken: 1 });
  });

  test('that is no such message is nothing', () => {
    expect(readBatch(Buffer.from([0x12, 0x7f]))).toBe(undefined);
  });

  test('of too many entries or bytes is refused whole', () => {
    const many = batch(Array.from({ length: MAX_ENTRIES }, () => ({})));
    expect(readBatch(many)).toMatchObject({ kind: 'entries', broken: 0 });
    expect(readBatch(Buffer.concat([many, batch([{}])]))).toEqual({ kind: 'too-large' });
    expect(readBatch(Buffer.alloc(MAX_BATCH_BYTES + 1))).toEqual({ kind: 'too-large' });
  });

  test('may hold any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (noise, at) => {
        const good = batch([WIRE_ENTRY]);
        const start = at % good.length;
        readBatch(noise);
        readBatch(Buffer.concat([good.subarray(0, start), noise, good.subarray(start)]));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an entry', () => {
  test('about a request that goes on, or about its upstream half, is not final', () => {
    const finals = [
      common({ access_log_type: 'NotSet' }),
      common({ access_log_type: 'DownstreamStart' }),
      common({ access_log_type: 'DownstreamPeriodic' }),
      common({ access_log_type: 'UpstreamEnd' }),
      common({ intermediate_log_entry: true }),
    ].map((wire) => readOne(wire));
    expect(finals).toMatchObject([true, false, false, false, false].map((final) => ({ final })));
  });

  test.each([
    'upstream_request_timeout',
    'local_reset',
    'upstream_remote_reset',
    'upstream_connection_termination',
    'downstream_connection_termination',
    'stream_idle_timeout',
    'downstream_protocol_error',
    'upstream_max_stream_duration_reached',
    'duration_timeout',
    'upstream_protocol_error',
    'downstream_remote_reset',
  ])('with the flag %s was cut off', (flag) => {
    expect(readOne(common({ response_flags: { [flag]: true } }))).toMatchObject({ cut: true });
    expect(readOne(common({ response_flags: { [flag]: false } }))).toMatchObject({ cut: false });
  });

  test('has no status without a response, and no upstream that is no address and port', () => {
    expect(readOne(response({ response_code: { value: 0 } }))).toMatchObject({ status: undefined });
    const upstreams = [
      { socket_address: { address: 'fd00::1', port_value: 8000 } },
      { socket_address: { address: 'pod.local', port_value: 8000 } },
      { socket_address: { address: '10.0.0.1' } },
      {},
    ].map((upstream_remote_address) => readOne(common({ upstream_remote_address })));
    expect(upstreams).toMatchObject(
      ['[fd00::1]:8000', undefined, undefined, undefined].map((upstream) => ({ upstream })),
    );
  });

  test('tells in which encoding the body was', () => {
    const response_headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect(readOne(response({ response_headers }))).toMatchObject({
      contentType: 'application/json',
      contentEncoding: 'gzip',
    });
  });
});
