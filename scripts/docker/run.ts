// Finds or starts a Docker engine, builds the image and runs the suite that needs them:
// node scripts/docker/run.ts [arguments of vitest]
import { delimiter } from 'node:path';
import { cacheFolder } from '../../src/envoy-binary/cache-folder.ts';
import { runSuite } from '../run-suite.ts';
import { buildImage } from './build-image.ts';
import { compose } from './compose.ts';
import { findEngine } from './engine.ts';
import { provideLinters } from './linters.ts';
import { createShell } from './shell.ts';

const say = (line: string) => console.error(line);

/** Builds the image and runs the suite on an engine; the suite takes its containers down by itself. */
async function runWith(host: string | undefined, signal: AbortSignal): Promise<number> {
  const cache = cacheFolder(process.env);
  // The classic builder needs no plug-in, which a machine may not have.
  const env = { ...process.env, DOCKER_BUILDKIT: '0', ...(host === undefined ? {} : { DOCKER_HOST: host }) };
  const shell = createShell(env, signal);
  const mayStandIn = host !== undefined;
  await buildImage({ shell, cache, mayStandIn, env: process.env, signal, say });
  const linters = await provideLinters(shell, cache);
  const code = await runSuite({
    name: 'docker',
    env: { ...env, PATH: `${linters}${delimiter}${process.env.PATH ?? ''}` },
    args: process.argv.slice(2),
    signal,
  });
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
    return await runWith(engine.host, signal);
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
