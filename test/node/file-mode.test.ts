import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LiveStatus } from '../../src/status/live-status.ts';
import { kubectl, manifests, rolledOut } from './kubectl.ts';
import { deployVllm, type SnapshotPage, serinPage, VLLM } from './vllm.ts';

const NAMESPACE = 'files';
/** A name server may take a while to tell of a replica that has become ready. */
const SOON = { timeout: 60_000, interval: 1_000 };

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

it('and its replicas find each other by name, and add up what they saw', async () => {
  const replicas = async () => {
    const status = await serinPage<LiveStatus>(NAMESPACE, 'serin', '9090/debug/status');
    return status.replicas;
  };
  await expect.poll(replicas, SOON).toEqual({ answered: 2, known: 2, missing: [] });
});

it('and follows them when they become fewer', async () => {
  await kubectl('scale', '-n', NAMESPACE, `deployment/${VLLM}`, '--replicas=1');
  await expect.poll(known).toEqual([['fresh']]);
});
