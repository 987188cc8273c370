import { join } from 'node:path';
import { createMissing, kubectl, manifests, rolledOut, setting } from '../node/kubectl.ts';
import { VLLM } from '../node/vllm.ts';
import { ROOT_NAMESPACE, startIstiod } from './istiod.ts';
import { applyObjects } from './objects.ts';

const POOL_CRD = 'v1.5.0/inference.networking.k8s.io_inferencepools.yaml';

/** Deploys what every wiring leads to, by the project's own manifests, and starts istiod; returns its end. */
export default async function deploy(): Promise<() => Promise<void>> {
  // Too large for the annotation of `apply` without --server-side.
  await kubectl('apply', '--server-side', '-f', setting('SERIN_ISTIO_CRDS'));
  await kubectl('apply', '-f', join(setting('SERIN_UPSTREAM_CRDS'), POOL_CRD));
  await createMissing('crds');
  await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
  await applyObjects([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ROOT_NAMESPACE } }]);
  for (const name of ['seed-no-gpu', 'serin']) await kubectl('apply', '-k', manifests(name));
  const stop = await startIstiod();
  for (const name of [VLLM, 'serin']) await rolledOut(name);
  return stop;
}
