import { afterAll, beforeAll, expect, it } from 'vitest';
import { kubectl, manifests, rolledOut } from './kubectl.ts';
import { deployVllm, type SnapshotPage, serinPage, VLLM } from './vllm.ts';

const NAMESPACE = 'files';

beforeAll(() => deployVllm(NAMESPACE));
afterAll(async () => {
  await kubectl('delete', 'namespace', NAMESPACE, '--wait=false');
});

/** The states of the pods that Serin knows, and the number of its pools. */
async function known(): Promise<readonly unknown[]> {
  const { pools } = await serinPage<SnapshotPage>(NAMESPACE, 'serin', '9090/debug/snapshot');
  return pools.map(({ endpoints }) => endpoints.map(({ state }) => state));
}

it('manifests/file-mode.yaml finds the pods by name, without a right or a CRD', async () => {
  await kubectl('apply', '-n', NAMESPACE, '-f', manifests('file-mode.yaml'));
  await rolledOut('serin', NAMESPACE);
  await expect.poll(known).toEqual([['fresh', 'fresh', 'fresh']]);
});

it('and follows them when they become fewer', async () => {
  await kubectl('scale', '-n', NAMESPACE, `deployment/${VLLM}`, '--replicas=1');
  await expect.poll(known).toEqual([['fresh']]);
});
