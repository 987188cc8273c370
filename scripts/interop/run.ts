// Builds or finds the foreign clients and runs the suite that sets them on a real Serin:
// node scripts/interop/run.ts [arguments of vitest]
import { delimiter } from 'node:path';
import { cacheFolder } from '../../src/envoy-binary/cache-folder.ts';
import { createShell } from '../docker/shell.ts';
import { runSuite } from '../run-suite.ts';
import { provideGoTools } from './go-tools.ts';
import { provideNghttp2 } from './nghttp2.ts';

const ended = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => ended.abort(new Error(`Ended by ${name}.`)));
}
const say = (line: string) => console.error(line);

try {
  const shell = createShell(process.env, ended.signal);
  await provideNghttp2({ shell, mayInstall: process.getuid?.() === 0, say });
  const folders = await provideGoTools({ shell, cache: cacheFolder(process.env), say });
  process.exitCode = await runSuite({
    name: 'interop',
    env: { ...process.env, PATH: [...folders, process.env.PATH ?? ''].join(delimiter) },
    args: process.argv.slice(2),
    signal: ended.signal,
  });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
