import { defineConfig } from 'vitest/config';

const limits = {
  testTimeout: 20_000,
  hookTimeout: 60_000,
  allowOnly: false,
  // Vitest's own second is too short for a machine that runs other suites.
  expect: { poll: { timeout: 10_000 } },
};

/** Unit tests run side by side; then the suites behind Envoy one after the other, since each loads the machine. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...limits,
          name: 'unit',
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
      {
        test: {
          ...limits,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/demo/demo.test.ts', 'test/bench/run.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...limits,
          name: 'e2e on grpc-js',
          env: { SERIN_TRANSPORT: 'grpc-js' },
          include: ['test/e2e/**/*.test.ts'],
          // What these are about stands above the transport.
          exclude: ['mesh', 'mesh-telemetry', 'metrics', 'missing-target', 'peers', 'traces'].map(
            (name) => `test/e2e/${name}.test.ts`,
          ),
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
