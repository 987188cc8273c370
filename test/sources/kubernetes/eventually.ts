import { vi } from 'vitest';

/** Waits until a check passes; longer than vitest's own second, for a machine that runs other suites too. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 10_000, interval: 10 });
}
