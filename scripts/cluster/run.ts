// Prepares a real kube-apiserver and runs the suite that needs it: node scripts/cluster/run.ts [arguments of vitest]
import { provideEnvoy } from '../provide-envoy.ts';
import { runProgram } from '../run-program.ts';
import { runSuite } from '../run-suite.ts';
import { provideClientTools } from './client-tools.ts';
import { provideServers } from './servers.ts';
import { provideUpstreamCrds } from './upstream-crds.ts';
import { provideValidators } from './validators.ts';

await runProgram(async (room) => {
  const options = { ...room, env: process.env };
  const binaries = await provideServers(options);
  const tools = await provideClientTools(options);
  return runSuite({
    name: 'cluster',
    env: {
      SERIN_KUBE_APISERVER: binaries.apiServer,
      SERIN_ETCD: binaries.etcd,
      SERIN_KUBECTL: tools.kubectl,
      SERIN_HELM: tools.helm,
      SERIN_UPSTREAM_CRDS: await provideUpstreamCrds(options),
      SERIN_VALIDATORS: await provideValidators(options),
      SERIN_ENVOY: await provideEnvoy(room),
    },
    args: process.argv.slice(2),
    signal: room.signal,
  });
});
