import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createShell, type Shell } from '../../scripts/docker/shell.ts';
import { provideGrpcio } from '../../scripts/grpcio/provide.ts';
import { cacheFolder } from '../../src/envoy-binary/cache-folder.ts';
import { runCommand } from '../../src/envoy-binary/run-command.ts';
import type { ExtProcCall } from '../../src/server/ext-proc-call.ts';
import type { GrpcServerOptions } from '../../src/server/grpc-server.ts';
import { createHealth } from '../../src/server/health.ts';
import { DESCRIPTOR_SET } from '../../src/server/proto.ts';
import { createFileTls } from '../../src/server/tls.ts';
import { createAuthority, createCertFolder, createSigned } from './certificates.ts';
import { echo, noteCalls, startServer } from './grpc-client.ts';
import { TRANSPORTS } from './transports.ts';

const CLIENT = join(import.meta.dirname, 'grpcio_client.py');
const { signal } = new AbortController();
let python: (...args: string[]) => ReturnType<Shell['run']>;

beforeAll(async () => {
  const cache = cacheFolder(process.env);
  const say = () => undefined;
  const grpcio = await provideGrpcio({ cache, env: process.env, signal, run: runCommand, say });
  const shell = createShell({ ...process.env, PYTHONPATH: grpcio.packages }, signal);
  python = (...args) => shell.run(grpcio.python, args);
});

/** What Python's client saw of a scenario on a port. */
async function play(scenario: string, port: number, ...authority: readonly string[]): Promise<unknown> {
  return JSON.parse(await python(CLIENT, DESCRIPTOR_SET, `127.0.0.1:${port}`, scenario, ...authority));
}

/** Answers each body with itself. */
function mirror(call: ExtProcCall) {
  return {
    onMessage: ({ request_body }: { readonly request_body?: { readonly body?: Uint8Array } }) =>
      call.send({
        request_body: { response: { body_mutation: { body: request_body?.body ?? new Uint8Array() } } },
      }),
    onHalfClose: () => call.end(),
  };
}

const PROCESSED = { replies: [{ request_headers: {} }, { request_headers: {} }], code: 'OK' };

describe.each(TRANSPORTS)("Python's grpcio on %s", (_name, transport) => {
  const start = (options: Partial<GrpcServerOptions>) => startServer(options, transport);

  test('has each message answered, and its metadata read', async () => {
    const noted = noteCalls(echo);
    const { port } = await start({ extProc: noted.service });
    expect(await play('process', port)).toEqual(PROCESSED);
    const hosts = noted.messages.map(({ request_headers }) =>
      request_headers?.headers?.headers?.map(({ value }) => value ?? ''),
    );
    expect(hosts).toEqual([['one.test'], ['other.test']]);
    expect(noted.calls.map((call) => call.metadata('x-epp-body-mode'))).toEqual(['streamed']);
    expect(noted.events).toEqual(['half-close', 'close']);
  });

  test('gets messages of 4 MiB back unharmed on several streams of one connection', async () => {
    const { port } = await start({ extProc: noteCalls(mirror).service, maxReceiveBytes: 8 << 20 });
    const four = Array.from({ length: 4 });
    expect(await play('big', port)).toEqual({ same: four.map(() => [true]), codes: four.map(() => 'OK') });
  });

  test('asks and watches the health', async () => {
    const health = createHealth();
    health.setReady(true);
    const { port } = await start({ extProc: noteCalls(echo).service, health });
    const checks = ['SERVING', 'SERVING', 'SERVING', 'NOT_FOUND'];
    expect(await play('health', port)).toEqual({ checks, watched: 1 });
  });

  test.each([
    ['cancel', 'CANCELLED'],
    ['deadline', 'DEADLINE_EXCEEDED'],
  ])('a %s ends its stream on both sides, and the connection goes on', async (scenario, code) => {
    const noted = noteCalls(echo);
    const { port } = await start({ extProc: noted.service });
    expect(await play(scenario, port)).toEqual({ code, after: 'SERVING' });
    await vi.waitFor(() => expect(noted.closes()).toBe(1), 10_000);
  });

  test('hears that a method or a service is not there', async () => {
    const { port } = await start({ extProc: noteCalls(echo).service });
    expect(await play('unknown', port)).toEqual({ codes: ['UNIMPLEMENTED', 'UNIMPLEMENTED'] });
  });

  test('verifies the certificate and speaks over TLS', async () => {
    const authority = await createAuthority('authority');
    const folder = createCertFolder(await createSigned('serin', authority));
    const trusted = join(folder, 'ca.crt');
    writeFileSync(trusted, authority.cert);
    const tls = await createFileTls(folder, { rotated: () => undefined, broken: () => undefined });
    const { port } = await start({ extProc: noteCalls(echo).service, tls });
    expect(await play('process', port, trusted)).toEqual(PROCESSED);
  });
});
