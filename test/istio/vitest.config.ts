import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    // istiod, the CRDs, vLLM and Serin, for all files.
    globalSetup: ['deployed.ts'],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    // One cluster, one state.
    fileParallelism: false,
    allowOnly: false,
    expect: { poll: { timeout: 60_000, interval: 250 } },
  },
});
