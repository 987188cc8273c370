// Prepares a real kube-apiserver and runs the suite that needs it: node scripts/cluster/run.ts [arguments of vitest]
import { cacheFolder } from '../../src/envoy-binary/cache-folder.ts';
import { findEnvoyHere } from '../../src/envoy-binary/find-envoy-here.ts';
import { createShell } from '../docker/shell.ts';
import { runSuite } from '../run-suite.ts';
import { provideClientTools } from './client-tools.ts';
import { provideServers } from './servers.ts';
import { provideUpstreamCrds } from './upstream-crds.ts';
import { provideValidators } from './validators.ts';

const say = (line: string) => console.error(line);

const ended = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => ended.abort(new Error(`Ended by ${name}.`)));
}

try {
  const shell = createShell(process.env, ended.signal);
  const options = { shell, cache: cacheFolder(process.env), env: process.env, say };
  const binaries = await provideServers(options);
  const tools = await provideClientTools(options);
  const crds = await provideUpstreamCrds(options);
  const validators = await provideValidators(options);
  const envoy = await findEnvoyHere({
    env: process.env,
    signal: ended.signal,
    say,
    progress: () => undefined,
  });
  if (envoy.kind === 'missing') throw new Error(envoy.problem);
  process.exitCode = await runSuite({
    name: 'cluster',
    env: {
      ...process.env,
      SERIN_KUBE_APISERVER: binaries.apiServer,
      SERIN_ETCD: binaries.etcd,
      SERIN_KUBECTL: tools.kubectl,
      SERIN_HELM: tools.helm,
      SERIN_UPSTREAM_CRDS: crds,
      SERIN_VALIDATORS: validators,
      SERIN_ENVOY: envoy.path,
    },
    args: process.argv.slice(2),
    signal: ended.signal,
  });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
