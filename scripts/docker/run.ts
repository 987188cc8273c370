// Finds or starts a Docker engine, builds the image and runs the suite that needs them:
// node scripts/docker/run.ts [arguments of vitest]
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../../src/envoy-binary/cache-folder.ts';
import { buildImage } from './build-image.ts';
import { compose } from './compose.ts';
import { findEngine } from './engine.ts';
import { provideLinters } from './linters.ts';
import { createShell } from './shell.ts';

const ROOT = join(import.meta.dirname, '../..');
const REPORT = join(ROOT, '.cache', 'reports', 'docker.json');
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/docker/vitest.config.ts'];
const REPORTERS = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
const say = (line: string) => console.error(line);

/** Builds the image and runs the suite on an engine; the suite takes its containers down by itself. */
async function runSuite(host: string | undefined, signal: AbortSignal): Promise<number> {
  const cache = cacheFolder(process.env);
  // The classic builder needs no plug-in, which a machine may not have.
  const env = { ...process.env, DOCKER_BUILDKIT: '0', ...(host === undefined ? {} : { DOCKER_HOST: host }) };
  const shell = createShell(env, signal);
  const mayStandIn = host !== undefined;
  await buildImage({ shell, cache, mayStandIn, env: process.env, signal, say });
  const linters = await provideLinters(shell, cache);
  const suite = spawn(process.execPath, [...VITEST, ...REPORTERS, ...process.argv.slice(2)], {
    cwd: ROOT,
    env: { ...env, PATH: `${linters}${delimiter}${process.env.PATH ?? ''}` },
    stdio: 'inherit',
  });
  signal.addEventListener('abort', () => suite.kill('SIGTERM'), { once: true });
  const code = await new Promise<number>((resolve) => suite.once('exit', (status) => resolve(status ?? 1)));
  // A suite that was ended leaves its containers to us.
  if (signal.aborted) await compose(createShell(env, new AbortController().signal), 'down', '--volumes');
  return code;
}

async function main(signal: AbortSignal): Promise<number> {
  // Not ended by the signal: the engine goes down last, and in order.
  const shell = createShell(process.env, new AbortController().signal);
  const engine = await findEngine({ shell, cache: cacheFolder(process.env), say });
  if (engine.kind === 'missing') {
    say(engine.problem);
    return process.env.CI === undefined ? 0 : 1;
  }
  try {
    return await runSuite(engine.host, signal);
  } finally {
    await engine.stop();
  }
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
try {
  process.exitCode = await main(stop.signal);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
