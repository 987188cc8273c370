// Prepares a real vLLM and runs the suite that needs it: node scripts/vllm/run.ts [arguments of vitest]
import { cacheFolder } from '../../src/envoy-binary/cache-folder.ts';
import { runCommand } from '../../src/envoy-binary/run-command.ts';
import { ADAPTERS } from '../../test/e2e/pod.ts';
import { runSuite } from '../run-suite.ts';
import { prepareVllm } from './environment.ts';

const ended = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => ended.abort(new Error(`Ended by ${name}.`)));
}

try {
  const { python, models } = await prepareVllm({
    cache: cacheFolder(process.env),
    adapters: ADAPTERS,
    env: process.env,
    platform: process.platform,
    signal: ended.signal,
    run: runCommand,
    say: (line) => console.error(line),
  });
  process.exitCode = await runSuite({
    name: 'vllm',
    env: { ...process.env, SERIN_VLLM_PYTHON: python, SERIN_VLLM_MODELS: models },
    args: process.argv.slice(2),
    signal: ended.signal,
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
