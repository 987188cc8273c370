// Starts a cluster in the namespaces that run-on-node.ts made and runs a suite in it, or a shell:
// node scripts/node/inside.ts SUITE [--shell | arguments of vitest]
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { createShell } from '../docker/shell.ts';
import { runSuite } from '../run-suite.ts';
import { type NodeCluster, startNode } from './cluster.ts';

const say = (line: string) => console.error(line);
const end = new AbortController();

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: start this with run-on-node.ts`);
  return value;
}

/** Runs the suite, or a shell for a look around, with kubectl and helm at hand. */
function runCommand(kubeconfig: string, [name = '', ...args]: readonly string[]): Promise<number> {
  const tools = dirname(setting('SERIN_KUBECTL'));
  const env = { KUBECONFIG: kubeconfig };
  if (args[0] !== '--shell') return runSuite({ name, env, folders: [tools], args, signal: end.signal });
  const PATH = `${tools}${delimiter}${process.env.PATH ?? ''}`;
  const child = spawn('bash', { env: { ...process.env, ...env, PATH }, stdio: 'inherit' });
  return new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

let cluster: NodeCluster | undefined;
try {
  cluster = await startNode({
    binaries: setting('SERIN_KUBERNETES'),
    etcd: setting('SERIN_ETCD'),
    kubectl: setting('SERIN_KUBECTL'),
    images: setting('SERIN_IMAGES'),
    folder: setting('SERIN_NODE_FOLDER'),
    shell: createShell(process.env, end.signal),
    signal: end.signal,
    say,
  });
  process.exitCode = await runCommand(cluster.kubeconfig, process.argv.slice(2));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
end.abort();
await cluster?.server.stop();
