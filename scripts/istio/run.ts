// Builds istiod and istioctl, and runs on a cluster of one node the suite that needs them:
// node scripts/istio/run.ts [arguments of vitest]
import { runOnNode } from '../node/run-on-node.ts';
import { provideEnvoy } from '../provide-envoy.ts';
import { runProgram } from '../run-program.ts';
import { provideIstio } from './istio-binaries.ts';
import { provideIstioCrds } from './istio-crds.ts';

await runProgram(async (room) => {
  const { discovery, istioctl } = await provideIstio(room);
  return runOnNode({
    name: 'istio',
    args: process.argv.slice(2),
    env: {
      SERIN_ISTIOD: discovery,
      SERIN_ISTIOCTL: istioctl,
      SERIN_ISTIO_CRDS: await provideIstioCrds(room),
      SERIN_ENVOY: await provideEnvoy(room),
    },
    room,
  });
});
