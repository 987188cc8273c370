import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { GrpcServerOptions } from '../../src/server/grpc-server.ts';
import { createFileTls, createSelfSignedTls, type TlsReport } from '../../src/server/tls.ts';
import {
  createAuthority,
  createCertFolder,
  createSigned,
  type Pem,
  shownBy,
  writeCertificate,
  writeKey,
} from './certificates.ts';
import { echo, exchange, noteCalls, openClient, openProcess, startServer, statusOf } from './grpc-client.ts';
import { TRANSPORTS } from './transports.ts';

const OK = 0;
const UNAVAILABLE = 14;
const POLL_MS = 5;

/** Notes what is told of rotations. */
function noteReports(): TlsReport & { readonly told: readonly string[] } {
  const told: string[] = [];
  return { told, rotated: () => told.push('rotated'), broken: (message) => told.push(message) };
}

function clientCredentials(pair?: Pem) {
  const [key, cert] = pair === undefined ? [null, null] : [Buffer.from(pair.key), Buffer.from(pair.cert)];
  return credentials.createSsl(null, key, cert, { rejectUnauthorized: false });
}

/** Runs a source until the test is over. */
function run(source: { readonly run: (signal: AbortSignal) => Promise<void> }): void {
  const stop = new AbortController();
  const running = source.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
}

describe.each(TRANSPORTS)('on %s', (_name, transport) => {
  const start = (options: Partial<GrpcServerOptions>) => startServer(options, transport);

  test('a certificate made at the start serves gRPC over h2', async () => {
    const { port } = await start({ extProc: noteCalls(echo).service, tls: await createSelfSignedTls() });
    expect(await shownBy(port)).toEqual({ name: 'serin', protocol: 'h2' });
    expect((await exchange(openClient(port, clientCredentials()))).code).toBe(OK);
  });

  test('rotated files are shown to new connections while no request fails', async () => {
    const [first, second] = [await createAuthority('first'), await createAuthority('second')];
    const folder = createCertFolder(first);
    const report = noteReports();
    const tls = await createFileTls(folder, report, POLL_MS);
    run(tls);
    const { port } = await start({ extProc: noteCalls(echo).service, tls });
    expect(await shownBy(port)).toEqual({ name: 'first', protocol: 'h2' });
    const old = openClient(port, clientCredentials());
    const stream = openProcess(old);
    const ended = statusOf(stream);
    const replies: unknown[] = [];
    stream.on('data', () => replies.push(true));
    stream.write({ request_headers: {} });
    const codes: number[] = [];
    const rotated = new AbortController();
    const load = (async () => {
      while (!rotated.signal.aborted) {
        codes.push((await exchange(old)).code, (await exchange(openClient(port, clientCredentials()))).code);
      }
    })();

    writeCertificate(folder, second);
    await vi.waitFor(() => expect(report.told).toHaveLength(1), 10_000);
    expect((await shownBy(port)).name).toBe('first');
    writeKey(folder, second);
    await vi.waitFor(async () => expect((await shownBy(port)).name).toBe('second'), 10_000);
    expect(report.told).toEqual([expect.stringContaining('key values mismatch'), 'rotated']);
    const before = codes.length;
    await vi.waitFor(() => expect(codes.length).toBeGreaterThan(before + 2), 10_000);
    rotated.abort();
    await load;
    expect(codes.filter((code) => code !== OK)).toEqual([]);
    await vi.waitFor(() => expect(replies).toHaveLength(1));
    stream.end({ request_body: {} });
    expect((await ended).code).toBe(OK);
    expect(replies).toHaveLength(2);
  });

  test('files that are gone or broken are told once, and the last good pair stays', async () => {
    const folder = createCertFolder(await createAuthority('good'));
    const good = readFileSync(join(folder, 'tls.crt'));
    const report = noteReports();
    const tls = await createFileTls(folder, report, POLL_MS);
    const pairs: unknown[] = [];
    tls.subscribe((pair) => pairs.push(pair));
    run(tls);
    writeCertificate(folder, { cert: 'no certificate' });
    await vi.waitFor(() => expect(report.told).toHaveLength(1), 10_000);
    expect(tls.current().certificate).toEqual(good);
    const next = await createAuthority('next');
    writeCertificate(folder, next);
    writeKey(folder, next);
    await vi.waitFor(() => expect(report.told.at(-1)).toBe('rotated'), 10_000);
    expect(pairs).toEqual([tls.current()]);
    expect(new Set(report.told).size).toBe(report.told.length);
  });

  test('a folder without a pair is refused at the start', async () => {
    const folder = createCertFolder(await createAuthority('a'));
    writeKey(folder, await createAuthority('b'));
    await expect(createFileTls(folder, noteReports())).rejects.toThrow('key values mismatch');
    await expect(createFileTls(join(folder, 'none'), noteReports())).rejects.toThrow('ENOENT');
  });

  test('with an authority for clients only those that it signed are served', async () => {
    const [ours, theirs] = [await createAuthority('ours'), await createAuthority('theirs')];
    const { port } = await start({
      extProc: noteCalls(echo).service,
      tls: await createSelfSignedTls(),
      clientCa: Buffer.from(ours.cert),
    });
    const codeOf = async (pair?: Pem) => (await exchange(openClient(port, clientCredentials(pair)))).code;
    expect(await codeOf(await createSigned('envoy', ours))).toBe(OK);
    expect(await codeOf(await createSigned('envoy', theirs))).toBe(UNAVAILABLE);
    expect(await codeOf()).toBe(UNAVAILABLE);
  });
});
