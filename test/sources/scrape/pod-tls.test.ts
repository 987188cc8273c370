import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createHttpGet } from '../../../src/sources/scrape/http-get.ts';
import { createPodTls, type PodTlsFlags } from '../../../src/sources/scrape/pod-tls.ts';
import { createAuthority, createSigned, type Pem } from '../../server/certificates.ts';
import { makeFolder } from '../files/following.ts';

const FLAGS: PodTlsFlags = {
  modelServerMetricsScheme: 'https',
  modelServerMetricsHttpsInsecureSkipVerify: true,
  modelServerCaFile: undefined,
  modelServerClientCertFile: undefined,
  modelServerClientKeyFile: undefined,
};

let authority: Pem;
let other: Pem;
let server: Pem;
let client: Pem;
beforeAll(async () => {
  authority = await createAuthority('authority');
  other = await createAuthority('other');
  // Neither names an address, as is usual for pods.
  server = await createSigned('vllm', authority);
  client = await createSigned('serin', authority);
});

/** A pod behind TLS, which tells whose certificate it is shown. */
async function startTlsPod(options: ServerOptions = {}): Promise<{ address: string; end: () => void }> {
  const pod = createServer({ ...server, ...options }, (request, response) => {
    const { subject } = (Object(request.socket) as { getPeerCertificate(): Peer }).getPeerCertificate();
    response.end(subject?.CN ?? 'nobody');
  });
  await new Promise<void>((resolve) => pod.listen(0, '127.0.0.1', resolve));
  const end = () => pod.closeAllConnections();
  onTestFinished(() => {
    end();
    pod.close();
  });
  return { address: `127.0.0.1:${(pod.address() as AddressInfo).port}`, end };
}

interface Peer {
  readonly subject?: { readonly CN: string };
}

/** Asks over connections with these flags; gives what the pod answered, or the fault. */
function asking(flags: Partial<PodTlsFlags>, told: string[] = []): (address: string) => Promise<string> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const tls = createPodTls({ ...FLAGS, ...flags }, (_, message) => told.push(message));
  const get = createHttpGet(stop.signal, tls);
  return async (address) => {
    const request = { address, path: '/', headers: {}, timeoutMs: 5_000, signal: stop.signal };
    const result = await get(request);
    if (result.kind === 'answered') return result.body.toString();
    return result.kind === 'refused' ? 'refused' : result.reason;
  };
}

async function fileWith(text: string): Promise<string> {
  const file = join(await makeFolder(), 'pem');
  writeFileSync(file, text);
  return file;
}

describe('a pod behind TLS is asked', () => {
  test('whatever its certificate, unless that is to be checked', async () => {
    const { address } = await startTlsPod();
    expect(await asking({})(address)).toBe('nobody');
    expect(await asking({ modelServerMetricsHttpsInsecureSkipVerify: false })(address)).toBe('certificate');
  });

  test('if its certificate is of the given authority, which need not name its address', async () => {
    const { address } = await startTlsPod();
    const modelServerCaFile = await fileWith(authority.cert);
    expect(await asking({ modelServerCaFile })(address)).toBe('nobody');
    expect(await asking({ modelServerCaFile: await fileWith(other.cert) })(address)).toBe('certificate');
    const strict = { modelServerCaFile, modelServerMetricsHttpsInsecureSkipVerify: false };
    expect(await asking(strict)(address)).toBe('certificate');
  });

  test('with a certificate of Serin’s own, which may rotate', async () => {
    const options = { requestCert: true, rejectUnauthorized: true, ca: authority.cert };
    const { address, end } = await startTlsPod(options);
    expect(await asking({})(address)).not.toBe('serin');
    const cert = await fileWith(client.cert);
    const key = await fileWith(client.key);
    const told: string[] = [];
    const ask = asking({ modelServerClientCertFile: cert, modelServerClientKeyFile: key }, told);
    expect(await ask(address)).toBe('serin');

    const next = await createSigned('serin-next', authority);
    writeFileSync(cert, next.cert);
    writeFileSync(key, next.key);
    expect(await ask(address)).toBe('serin');
    end();
    expect(await ask(address)).toBe('serin-next');
    rmSync(cert);
    end();
    expect(await ask(address)).toBe('serin-next');
    expect(told).toEqual([expect.stringContaining('no such file')]);
  });

  test('and not in plaintext; a pod in plaintext is not asked over TLS', async () => {
    const { address } = await startTlsPod();
    expect(await asking({ modelServerMetricsScheme: 'http' })(address)).toBe('connection');
  });
});

test('a file has to be there at the start', () => {
  expect(() => createPodTls({ ...FLAGS, modelServerCaFile: '/none' }, () => undefined)).toThrow('/none');
});
