import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: ['test/vllm/*.test.ts'],
    globalSetup: [join(import.meta.dirname, 'servers.ts')],
    // One after the other: one file kills a server, and both load the machine.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    allowOnly: false,
  },
});
