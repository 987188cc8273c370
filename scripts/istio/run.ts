// Builds istiod and istioctl, and runs on a cluster of one node the suite that needs them:
// node scripts/istio/run.ts [arguments of vitest]
import { cacheFolder } from '../../src/envoy-binary/cache-folder.ts';
import { findEnvoyHere } from '../../src/envoy-binary/find-envoy-here.ts';
import { createShell } from '../docker/shell.ts';
import { runOnNode } from '../node/run-on-node.ts';
import { provideIstio } from './istio-binaries.ts';
import { provideIstioCrds } from './istio-crds.ts';

const say = (line: string) => console.error(line);

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => stop.abort(new Error(`Ended by ${name}.`)));
}
try {
  const { signal } = stop;
  const options = { shell: createShell(process.env, signal), cache: cacheFolder(process.env), say };
  const { discovery, istioctl } = await provideIstio(options);
  const crds = await provideIstioCrds(options);
  const envoy = await findEnvoyHere({ env: process.env, signal, say, progress: () => undefined });
  if (envoy.kind === 'missing') throw new Error(envoy.problem);
  process.exitCode = await runOnNode({
    name: 'istio',
    args: process.argv.slice(2),
    env: {
      SERIN_ISTIOD: discovery,
      SERIN_ISTIOCTL: istioctl,
      SERIN_ISTIO_CRDS: crds,
      SERIN_ENVOY: envoy.path,
    },
    signal,
    say,
  });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
