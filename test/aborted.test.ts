import { describe, expect, it } from 'vitest';
import { aborted } from '../src/aborted.ts';

describe('aborted', () => {
  it('settles for a signal that has aborted, and for one that does so later', async () => {
    const later = new AbortController();
    const waiting = aborted(later.signal);
    const first = await Promise.race([
      waiting.then(() => 'later'),
      aborted(AbortSignal.abort()).then(() => 'at once'),
    ]);
    later.abort();
    await waiting;
    expect(first).toBe('at once');
  });
});
