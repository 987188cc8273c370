// Finds a Prometheus and runs the suite that sets it on a real Serin behind a real Envoy:
// node scripts/prometheus/run.ts [arguments of vitest]
import { delimiter } from 'node:path';
import { cacheFolder } from '../../src/envoy-binary/cache-folder.ts';
import { createShell } from '../docker/shell.ts';
import { runSuite } from '../run-suite.ts';
import { providePrometheus } from './provide-prometheus.ts';

const ended = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => ended.abort(new Error(`Ended by ${name}.`)));
}
const say = (line: string) => console.error(line);

try {
  const shell = createShell(process.env, ended.signal);
  const isRoot = process.getuid?.() === 0;
  const folders = await providePrometheus({ shell, cache: cacheFolder(process.env), isRoot, say });
  process.exitCode = await runSuite({
    name: 'prometheus',
    env: { ...process.env, PATH: [...folders, process.env.PATH ?? ''].join(delimiter) },
    args: process.argv.slice(2),
    signal: ended.signal,
  });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
