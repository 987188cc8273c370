/** vitest's usual output, and a JSON report beside it, so that `.ci/run` can add the suites up. */
const reporters = ['--reporter=default', '--reporter=json', '--outputFile.json=.cache/reports/test.json'];

/** The step that compiles `src/` into `dist/` unless that is done. */
export const BUILD = 'build';

const lint = ['node_modules/@biomejs/biome/bin/biome', 'ci'];
const format = ['node_modules/@biomejs/biome/bin/biome', 'check', '--write'];
const types = ['node_modules/typescript/bin/tsc', '--noEmit'];
/** What browsers run knows other things than Node does. */
const pageTypes = [...types, '-p', 'page'];
const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...reporters];
const fetchEnvoy = ['scripts/fetch-envoy.ts'];
const fetchGrpcio = ['scripts/fetch-grpcio.ts'];

/**
 * What `node setup.mjs TASK …` runs once the packages are there, one after the other until one fails: `BUILD`,
 * or arguments of the pinned Node. The user's own arguments go to the last step. The `run.ts` of the heavier
 * suites leave reports of their own beside this one.
 */
export const TASKS = {
  build: () => [BUILD],
  demo: (args) => [BUILD, ['dist/main.js', 'demo', ...args]],
  lint: (args) => [[...lint, ...args]],
  types: (args) => [pageTypes, [...types, ...args]],
  format: (args) => [[...format, ...args]],
  test: (args) => [BUILD, fetchEnvoy, fetchGrpcio, [...vitest, ...args]],
  check: (args) => [lint, pageTypes, types, BUILD, fetchEnvoy, fetchGrpcio, [...vitest, ...args]],
  bench: (args) => [fetchEnvoy, ['bench/run.ts', ...args]],
  'test:vllm': (args) => [BUILD, fetchEnvoy, ['scripts/vllm/run.ts', ...args]],
  'test:docker': (args) => [BUILD, ['scripts/docker/run.ts', ...args]],
  'test:node': (args) => [BUILD, fetchEnvoy, ['scripts/node/run.ts', ...args]],
  'test:istio': (args) => [BUILD, fetchEnvoy, ['scripts/istio/run.ts', ...args]],
  'test:cluster': (args) => [BUILD, fetchEnvoy, ['scripts/cluster/run.ts', ...args]],
  'test:interop': (args) => [['scripts/interop/run.ts', ...args]],
  'test:prometheus': (args) => [fetchEnvoy, ['scripts/prometheus/run.ts', ...args]],
  'test:page': (args) => [fetchEnvoy, ['scripts/page/run.ts', ...args]],
};
