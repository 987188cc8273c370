import { join } from 'node:path';

const VITEST = 'node_modules/vitest/vitest.mjs';

/** `--reporter=json` beside the usual one, so that `.ci/run` can add the suites up. */
function vitest(suite, args) {
  const report = `--outputFile.json=${join('.cache', 'reports', `${suite}.json`)}`;
  return [VITEST, 'run', '--reporter=default', '--reporter=json', report, ...args];
}

/** The step that compiles `src/` into `dist/` unless that is done. */
export const BUILD = 'build';

const lint = ['node_modules/@biomejs/biome/bin/biome', 'ci'];
const format = ['node_modules/@biomejs/biome/bin/biome', 'check', '--write'];
const types = ['node_modules/typescript/bin/tsc', '--noEmit'];
const fetchEnvoy = ['scripts/fetch-envoy.ts'];

/**
 * What `node setup.mjs TASK …` runs once the packages are there, one after the other until one fails: `BUILD`,
 * or arguments of the pinned Node. The user's own arguments go to the last step.
 */
export const TASKS = {
  build: () => [BUILD],
  demo: (args) => [BUILD, ['dist/main.js', 'demo', ...args]],
  lint: (args) => [[...lint, ...args]],
  types: (args) => [[...types, ...args]],
  format: (args) => [[...format, ...args]],
  test: (args) => [BUILD, fetchEnvoy, vitest('test', args)],
  check: (args) => [lint, types, BUILD, fetchEnvoy, vitest('test', args)],
  'test:vllm': (args) => [BUILD, fetchEnvoy, ['scripts/vllm/run.ts', ...args]],
  'test:docker': (args) => [BUILD, ['scripts/docker/run.ts', ...args]],
};
