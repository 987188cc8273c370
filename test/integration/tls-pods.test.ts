import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createAuthority, createSigned } from '../server/certificates.ts';
import { makeFolder } from '../sources/files/following.ts';
import { readPage, startServing } from './serving.ts';

test('pods that want a certificate are scraped with it, and not without', async () => {
  const authority = await createAuthority('authority');
  const [server, client] = [await createSigned('vllm', authority), await createSigned('serin', authority)];
  const options = { ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: true };
  const pod = createServer(options, (request, response) => {
    if (request.url !== '/v1/models') return response.end('vllm:num_requests_waiting 0\n');
    return response.end('{"data":[{"id":"sql-lora","parent":"base"}]}');
  });
  await new Promise<void>((resolve) => pod.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    pod.closeAllConnections();
    pod.close();
  });
  const folder = await makeFolder();
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const endpoint = `--endpoints=127.0.0.1:${(pod.address() as AddressInfo).port}`;
  const tls = [
    '--model-server-metrics-scheme=https',
    `--model-server-ca-file=${await file('ca', authority.cert)}`,
  ];
  const own = [
    `--model-server-client-cert-file=${await file('cert', client.cert)}`,
    `--model-server-client-key-file=${await file('key', client.key)}`,
  ];
  const stateOf = async (...flags: readonly string[]) => {
    const { metricsPort } = await startServing(endpoint, ...flags).listening();
    return async () => {
      const { pools } = JSON.parse((await readPage(metricsPort, '/debug/snapshot')).text);
      return [pools[0].endpoints[0].state, pools[0].endpoints[0].models];
    };
  };
  const [known, unknown] = [await stateOf(...tls, ...own), await stateOf(...tls)];
  await vi.waitFor(async () => expect(await known()).toEqual(['fresh', ['sql-lora']]), 10_000);
  await vi.waitFor(async () => expect(await unknown()).toEqual(['dead', 'unknown']), 10_000);
});

test('a TLS file that is not there keeps Serin from starting', async () => {
  const flags = ['--model-server-metrics-scheme=https', '--model-server-ca-file=/none'];
  const { status, stderr } = startServing('--endpoints=127.0.0.1:1', ...flags);
  expect(await status).toBe(1);
  expect(stderr).toEqual([expect.stringContaining('/none')]);
});
