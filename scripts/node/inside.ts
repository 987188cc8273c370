// Starts a cluster in the namespaces that scripts/node/run.ts made and runs the suite in it:
// node scripts/node/inside.ts [arguments of vitest]
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createShell } from '../docker/shell.ts';
import { startNode } from './cluster.ts';

const ROOT = join(import.meta.dirname, '../..');
const REPORT = join(ROOT, '.cache', 'reports', 'node.json');
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/node/vitest.config.ts'];
const REPORTERS = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
const say = (line: string) => console.error(line);

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: start this with npm run test:node`);
  return value;
}

const end = new AbortController();
try {
  const shell = createShell(process.env, end.signal);
  const cluster = await startNode({
    binaries: setting('SERIN_KUBERNETES'),
    etcd: setting('SERIN_ETCD'),
    kubectl: setting('SERIN_KUBECTL'),
    images: setting('SERIN_IMAGES'),
    folder: setting('SERIN_NODE_FOLDER'),
    shell,
    signal: end.signal,
    say,
  });
  const command = process.env.SERIN_NODE_SHELL
    ? ['bash', '-c', process.env.SERIN_NODE_SHELL]
    : [process.execPath, ...VITEST, ...REPORTERS, ...process.argv.slice(2)];
  const [file = '', ...args] = command;
  const env = { ...process.env, KUBECONFIG: cluster.kubeconfig };
  const suite = spawn(file, args, { cwd: ROOT, env, stdio: 'inherit' });
  process.exitCode = await new Promise<number>((resolve) => suite.once('exit', (code) => resolve(code ?? 1)));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
end.abort();
