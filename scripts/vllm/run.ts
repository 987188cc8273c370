// Prepares a real vLLM and runs the suite that needs it: node scripts/vllm/run.ts [arguments of vitest]
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cacheFolder } from '../../src/envoy-binary/cache-folder.ts';
import { runCommand } from '../../src/envoy-binary/run-command.ts';
import { ADAPTERS } from '../../test/e2e/pod.ts';
import { prepareVllm } from './environment.ts';

const ROOT = join(import.meta.dirname, '../..');
const REPORT = join(ROOT, '.cache', 'reports', 'vllm.json');
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vllm/vitest.config.ts'];
const REPORTERS = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];

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
  const suite = spawn(process.execPath, [...VITEST, ...REPORTERS, ...process.argv.slice(2)], {
    cwd: ROOT,
    env: { ...process.env, SERIN_VLLM_PYTHON: python, SERIN_VLLM_MODELS: models },
    stdio: 'inherit',
  });
  ended.signal.addEventListener('abort', () => suite.kill('SIGTERM'));
  process.exitCode = await new Promise<number>((resolve) => suite.once('exit', (code) => resolve(code ?? 1)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
