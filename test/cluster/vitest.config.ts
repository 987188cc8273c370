import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // Each file starts a server of its own.
    fileParallelism: false,
    allowOnly: false,
    expect: { poll: { timeout: 20_000 } },
  },
});
