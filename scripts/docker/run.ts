// Finds or starts a Docker engine, builds the image and runs the suite that needs them:
// node scripts/docker/run.ts [arguments of vitest]
import { type Room, runProgram } from '../run-program.ts';
import { runSuite } from '../run-suite.ts';
import { buildImage } from './build-image.ts';
import { compose } from './compose.ts';
import { findEngine } from './engine.ts';
import { provideLinters } from './linters.ts';
import { createShell } from './shell.ts';

/** Builds the image and runs the suite on an engine; the suite takes its containers down by itself. */
async function runWith(host: string | undefined, { signal, cache, say }: Room): Promise<number> {
  // The classic builder needs no plug-in, which a machine may not have.
  const told = { DOCKER_BUILDKIT: '0', ...(host === undefined ? {} : { DOCKER_HOST: host }) };
  const env = { ...process.env, ...told };
  const shell = createShell(env, signal);
  const mayStandIn = host !== undefined;
  await buildImage({ shell, cache, mayStandIn, signal, say });
  const folders = [await provideLinters(shell, cache)];
  const code = await runSuite({ name: 'docker', env: told, folders, args: process.argv.slice(2), signal });
  // A suite that was ended leaves its containers to us.
  if (signal.aborted) await compose(createShell(env, new AbortController().signal), 'down', '--volumes');
  return code;
}

await runProgram(async (room) => {
  const { cache, say } = room;
  // Not ended by the signal: the engine goes down last, and in order.
  const shell = createShell(process.env, new AbortController().signal);
  const engine = await findEngine({ shell, cache, say });
  if (engine.kind === 'missing') {
    say(engine.problem);
    return process.env.CI === undefined ? 0 : 1;
  }
  try {
    return await runWith(engine.host, room);
  } finally {
    await engine.stop();
  }
});
