import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { probeListener } from '../../src/doctor/probe-listener.ts';
import { startServing } from '../integration/serving.ts';
import { createAuthority, createCertFolder, createSigned } from '../server/certificates.ts';

const NEVER = new AbortController().signal;

/** Probes the gRPC port of a Serin with these flags, with two authorities. */
async function probe(...flags: readonly string[]) {
  const { grpcPort } = await startServing('--endpoints=127.0.0.1:1', ...flags).listening();
  const fact = await probeListener(
    { host: '127.0.0.1', port: grpcPort },
    ['serin', 'outbound|9002||serin'],
    NEVER,
  );
  return { ...fact, where: undefined };
}

const BOTH = new Map([
  ['serin', 'answered'],
  ['outbound|9002||serin', 'answered'],
]);

test('plaintext and TLS are told apart, and a certificate of Serin’s own making from another', async () => {
  expect(await probe('--secure-serving=false')).toEqual({
    kind: 'plaintext',
    authorities: BOTH,
    where: undefined,
  });
  const tls = { kind: 'tls', authorities: BOTH, where: undefined };
  expect(await probe()).toEqual({ ...tls, selfSigned: true });
  const folder = createCertFolder(await createSigned('serin', await createAuthority('authority')));
  expect(await probe(`--cert-path=${folder}`)).toEqual({ ...tls, selfSigned: false });
});

test('an authority that the library refuses is told as reset', async () => {
  expect(await probe('--transport=grpc-js', '--secure-serving=false')).toEqual({
    kind: 'plaintext',
    where: undefined,
    authorities: new Map([
      ['serin', 'answered'],
      ['outbound|9002||serin', 'reset'],
    ]),
  });
});

test('a port that wants a client certificate speaks TLS, though not with everybody', async () => {
  const folder = createCertFolder(await createAuthority('authority'));
  const ca = join(folder, 'tls.crt');
  expect(readFileSync(ca, 'utf8')).toContain('CERTIFICATE');
  expect(await probe(`--client-ca=${ca}`)).toMatchObject({ kind: 'tls', authorities: new Map() });
});

test('a port that speaks TLS and no HTTP/2 has no gRPC', async () => {
  const server = createTlsServer(await createAuthority('web'), (_, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  expect(await probeListener({ host: '127.0.0.1', port }, [], NEVER)).toMatchObject({ kind: 'silent' });
});

test('a port where nothing or another server listens has no gRPC', async () => {
  const server = createServer((_, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => void server.close());
  expect(await probeListener({ host: '127.0.0.1', port }, [], NEVER)).toMatchObject({ kind: 'silent' });
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  expect(await probeListener({ host: '127.0.0.1', port }, [], NEVER)).toEqual({
    kind: 'silent',
    where: `127.0.0.1:${port}`,
    problem: expect.stringContaining('ECONNREFUSED'),
  });
});
