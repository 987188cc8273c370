import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const limits = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  allowOnly: false,
  // Vitest's own second is too short for a machine that runs other suites.
  expect: { poll: { timeout: 10_000 } },
  // No module keeps state, so files may share those that a worker has loaded: to load them anew for each takes
  // as long as the tests.
  isolate: false,
};

/** Each Serin of a test takes its code, stripped of types and compiled, from the one before. */
const env = { NODE_COMPILE_CACHE: join(import.meta.dirname, '.cache/compiled') };

const behindEnvoy = {
  ...limits,
  include: ['test/e2e/**/*.test.ts'],
  // Two: each loads the machine for a part of its time and waits for the rest.
  maxWorkers: 2,
  sequence: { groupOrder: 1 },
};

/** What loads the whole machine, measures it, or takes ports of which another file could take one in between. */
const LOAD = ['test/e2e/load.test.ts'];
const alone = { ...limits, maxWorkers: 1, sequence: { groupOrder: 2 } };

/** What is tried on the library's transport too. */
const onGrpcJs = { ...env, SERIN_TRANSPORT: 'grpc-js' };

/** Unit tests run side by side; then the suites behind Envoy two at a time, and last the others one after the other. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...limits,
          name: 'unit',
          env,
          // One more than the machine has cores: some tests wait.
          maxWorkers: availableParallelism() + 1,
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/e2e/**',
            'test/demo/demo.test.ts',
            'test/bench/run.test.ts',
            'test/vllm/**',
            'test/docker/**',
            'test/cluster/**',
            'test/node/**',
            'test/istio/**',
            'test/interop/**',
            'test/prometheus/**',
            'test/page/**',
          ],
        },
      },
      { test: { ...behindEnvoy, name: 'e2e', env, exclude: LOAD } },
      {
        test: {
          ...behindEnvoy,
          name: 'e2e on grpc-js',
          env: onGrpcJs,
          // What the others are about stands above the transport.
          exclude: [
            ...LOAD,
            ...['mesh', 'mesh-telemetry', 'metrics', 'missing-target', 'peers', 'traces'].map(
              (name) => `test/e2e/${name}.test.ts`,
            ),
          ],
        },
      },
      {
        test: {
          ...alone,
          name: 'alone',
          env,
          include: [...LOAD, 'test/demo/demo.test.ts', 'test/bench/run.test.ts'],
        },
      },
      { test: { ...alone, name: 'alone on grpc-js', env: onGrpcJs, include: LOAD } },
    ],
  },
});
