// Prepares a real vLLM and runs the suite that needs it: node scripts/vllm/run.ts [arguments of vitest]
import { runCommand } from '../../src/envoy-binary/run-command.ts';
import { ADAPTERS } from '../../test/e2e/pod.ts';
import { runProgram } from '../run-program.ts';
import { runSuite } from '../run-suite.ts';
import { prepareVllm } from './environment.ts';

await runProgram(async ({ signal, cache, say }) => {
  const { platform, env } = process;
  const machine = { platform, env, run: runCommand };
  const { python, models } = await prepareVllm({ ...machine, cache, adapters: ADAPTERS, signal, say });
  return runSuite({
    name: 'vllm',
    env: { SERIN_VLLM_PYTHON: python, SERIN_VLLM_MODELS: models },
    args: process.argv.slice(2),
    signal,
  });
});
