import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { gatherPolicy } from '../../src/doctor/gather-policy.ts';
import { writeKubeconfig } from '../sources/kubernetes/kubeconfig.ts';
import { pod } from '../sources/kubernetes/objects.ts';
import { POOLS, startCluster } from '../sources/kubernetes/test-cluster.ts';

/** Long enough for a machine that does other work. */
const PATIENT_MS = 30_000;

/** Reads what these flags lead to. */
async function gather(argv: readonly string[], patienceMs: number) {
  const parsed = parseConfig(argv, {});
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.join());
  const { snapshot, problems, unread } = await gatherPolicy(parsed.config, {
    patienceMs,
    signal: new AbortController().signal,
  });
  const pools = [...snapshot.pools.values()];
  return { problems, unread, pools: pools.map(({ key, endpoints }) => [key, endpoints.length]) };
}

test('pools and pods of a cluster are read once, broken objects are told', async () => {
  const api = await startCluster('10.0.0.1', '10.0.0.2');
  api.put('/pods', pod('p-3', '10.0.0.3'));
  api.put(POOLS, { metadata: { name: 'broken', namespace: 'default' }, spec: {} });
  const cluster = { 'insecure-skip-tls-verify': true };
  const kubeconfig = await writeKubeconfig({ server: api.access.server, cluster });
  const { problems, unread, pools } = await gather(['--all-pools', `--kubeconfig=${kubeconfig}`], PATIENT_MS);
  expect({ unread, pools }).toEqual({ unread: [], pools: [['default/pool', 3]] });
  expect(problems).toContainEqual(expect.stringContaining('broken'));
});

test('a cluster that does not answer is given up, with what it is', async () => {
  const kubeconfig = await writeKubeconfig({ server: 'http://127.0.0.1:1', cluster: {} });
  expect(await gather(['--all-pools', `--kubeconfig=${kubeconfig}`], 1_000)).toEqual({
    problems: [],
    pools: [],
    unread: [{ source: 'kubernetes', reason: 'not within 1 s' }],
  });
});
