import { vi } from 'vitest';

/** Waits until a check passes, as long as a server and its discovery may take on a busy machine. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 30_000, interval: 20 });
}
