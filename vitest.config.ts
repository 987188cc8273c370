import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vllm/**', 'test/docker/**'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    allowOnly: false,
  },
});
