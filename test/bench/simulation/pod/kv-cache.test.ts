import { describe, expect, test } from 'vitest';
import { createKvCache } from '../../../../bench/simulation/pod/kv-cache.ts';

const SYSTEM = { key: 'system', tokens: 40 };
const ASKED = { key: 'asked', tokens: 40 };

/** Computes a prompt of some segments and gives its blocks back. */
function serve(kv: ReturnType<typeof createKvCache>, segments: readonly { key: string; tokens: number }[]) {
  const tokens = segments.reduce((sum, segment) => sum + segment.tokens, 0);
  const holding = kv.admit(segments, tokens);
  if (holding === undefined) return undefined;
  kv.share(holding, segments);
  kv.release(holding);
  return holding.found;
}

describe('a KV cache', () => {
  test('finds a prompt in whole blocks of 16 tokens, from its beginning', () => {
    const kv = createKvCache(20);
    expect(serve(kv, [SYSTEM, ASKED])).toBe(0);
    expect(serve(kv, [SYSTEM, ASKED])).toBe(80);
    expect(serve(kv, [SYSTEM, { key: 'other', tokens: 40 }])).toBe(32);
    // What stands behind another beginning is not the same, whatever it is called: keys tell all that is before.
    expect(serve(kv, [{ key: 'else', tokens: 40 }, ASKED])).toBe(0);
  });

  test('holds what requests have in common once', () => {
    const kv = createKvCache(20);
    serve(kv, [SYSTEM]);
    const holdings = [1, 2].map((id) => kv.admit([SYSTEM, { key: `${id}`, tokens: 40 }], 80));
    // Two blocks of the beginning, and three for each.
    expect(kv.usage()).toBe(8 / 20);
    for (const holding of holdings) if (holding !== undefined) kv.release(holding);
    expect(kv.usage()).toBe(0);
  });

  test('refuses what it has no room for, and takes back what nobody uses, the end of a prompt first', () => {
    const kv = createKvCache(6);
    serve(kv, [SYSTEM, ASKED]);
    const running = kv.admit([{ key: 'new', tokens: 32 }], 32);
    expect(running).toBeDefined();
    expect(kv.admit([{ key: 'large', tokens: 80 }], 80)).toBeUndefined();
    if (running !== undefined) {
      expect(kv.grow(running, 48)).toBe(true);
      expect(kv.grow(running, 112)).toBe(false);
      kv.release(running);
    }
    // Of five blocks, those three are left that the running request did not need.
    expect(kv.admit([SYSTEM, ASKED], 80)?.found).toBe(48);
  });
});
