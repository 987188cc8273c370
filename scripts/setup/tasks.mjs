import { join } from 'node:path';

const VITEST = 'node_modules/vitest/vitest.mjs';

/** `--reporter=json` beside the usual one, so that `.ci/run` can add the suites up. */
function vitest(suite, args) {
  const report = `--outputFile.json=${join('.cache', 'reports', `${suite}.json`)}`;
  return [VITEST, 'run', '--reporter=default', '--reporter=json', report, ...args];
}

const lint = ['node_modules/@biomejs/biome/bin/biome', 'ci'];
const types = ['node_modules/typescript/bin/tsc', '--noEmit'];
const fetchEnvoy = ['scripts/fetch-envoy.ts'];

/**
 * What `node setup.mjs TASK …` runs after the set-up, one after the other until one fails: each step is the
 * arguments of the pinned Node. The user's own arguments go to the last step.
 */
export const TASKS = {
  build: () => [],
  demo: (args) => [['dist/main.js', 'demo', ...args]],
  lint: (args) => [[...lint, ...args]],
  types: (args) => [[...types, ...args]],
  format: (args) => [['node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...args]],
  test: (args) => [fetchEnvoy, vitest('test', args)],
  check: (args) => [lint, types, fetchEnvoy, vitest('test', args)],
  'test:vllm': (args) => [fetchEnvoy, ['scripts/vllm/run.ts', ...args]],
  'test:docker': (args) => [['scripts/docker/run.ts', ...args]],
};

/** Tasks that look at the sources only: a file that does not compile must not keep them from running. */
export const WITHOUT_BUILD = new Set(['lint', 'types', 'format', 'check']);
