import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type ConfigEdit, filterPath } from '../../src/envoy-binary/render-config.ts';
import { startStack } from './stack.ts';

const GRPC_SERVICE = [...filterPath('envoy.filters.http.ext_proc'), 'grpc_service'];

/** A second pool, which has all the pods; the LLMRoute leads to the first one. */
const OTHER = `
apiVersion: inference.networking.k8s.io/v1
kind: InferencePool
metadata: { name: other, namespace: default }
spec:
  selector: { matchLabels: { app: other } }
  targetPorts: [{ number: 8000 }]
  endpointPickerRef: { name: serin-other, port: { number: 9002 } }
`;

/** The status of a request while Envoy's ext_proc service is edited so. */
async function statusWith(...edits: readonly ConfigEdit[]): Promise<number> {
  const stack = await startStack({ pods: 1, serin: ['--pool-name=other'], edits });
  onTestFinished(stack.stop);
  await writeFile(join(stack.manifests, 'other.yaml'), OTHER);
  await vi.waitFor(async () => {
    const { pools } = JSON.parse(await stack.serin.page('/debug/snapshot'));
    expect(pools).toContainEqual(expect.objectContaining({ pool: 'default/other' }));
  }, 10_000);
  return (await stack.client.complete('sql-lora')).status;
}

test('a request goes to the pool of its host, unless the stream says another', async () => {
  expect(await statusWith()).toBe(503);
});

test('the initial metadata of Envoy’s ext_proc service name the pool', async () => {
  const value = [{ key: 'x-serin-pool', value: 'default/other' }];
  expect(await statusWith({ path: [...GRPC_SERVICE, 'initial_metadata'], value })).toBe(200);
});

test('the Service in the authority of Envoy’s ext_proc service names the pool', async () => {
  const value = 'serin-other.default.svc.cluster.local:9002';
  expect(await statusWith({ path: [...GRPC_SERVICE, 'envoy_grpc', 'authority'], value })).toBe(200);
});
