import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../src/state/ledger.ts';
import { createLedger, MOST_UNSEEN, TRANSIT_MS } from '../../src/state/ledger.ts';
import { createLoadTable } from '../../src/state/load-table.ts';

function start() {
  const table = createLoadTable();
  const clock = { ms: 1_000 };
  const ledger = createLedger({ table, now: () => clock.ms });
  const sent = (slot = 0) => table.sent[slot] ?? 0;
  return { table, clock, ledger, sent };
}

describe('createLedger', () => {
  it('counts a request until a scrape that began after its transit has seen it', () => {
    const { clock, ledger, sent } = start();
    ledger.dispatched(0, undefined);
    ledger.scraped(0, clock.ms);
    ledger.scraped(0, clock.ms + TRANSIT_MS - 1);
    expect(sent()).toBe(1);
    ledger.scraped(0, clock.ms + TRANSIT_MS);
    expect(sent()).toBe(0);
  });

  it('settles with a scrape only what was sent before it began', () => {
    const { clock, ledger, sent } = start();
    ledger.dispatched(0, undefined);
    clock.ms += 100;
    ledger.dispatched(0, undefined);
    ledger.scraped(0, clock.ms);
    expect(sent()).toBe(1);
  });

  it('counts a request once, whatever ends it and however often', () => {
    const { clock, ledger, sent } = start();
    const entry = ledger.dispatched(0, undefined);
    ledger.dispatched(0, undefined);
    ledger.settled(entry);
    ledger.settled(entry);
    expect(sent()).toBe(1);
    ledger.scraped(0, clock.ms + 1_000);
    ledger.settled(entry);
    expect(sent()).toBe(0);
  });

  it('keeps the endpoints apart', () => {
    const { clock, ledger, sent } = start();
    ledger.dispatched(0, undefined);
    ledger.dispatched(1, undefined);
    ledger.scraped(1, clock.ms + 1_000);
    expect([sent(0), sent(1)]).toEqual([1, 0]);
  });

  it('leaves the count of a slot alone that another endpoint has taken over', () => {
    const { table, ledger, sent } = start();
    const old = ledger.dispatched(0, undefined);
    ledger.reset(0);
    table.reset(0);
    ledger.dispatched(0, undefined);
    ledger.settled(old);
    expect(sent()).toBe(1);
  });

  it('takes what a slot was sent out of its count with a reset', () => {
    const { ledger, sent } = start();
    const old = ledger.dispatched(0, undefined);
    ledger.dispatched(1, undefined);
    ledger.reset(0);
    ledger.settled(old);
    expect([sent(0), sent(1)]).toEqual([0, 1]);
  });

  it('notes the adapter that a pod takes into a slot', () => {
    const { table, ledger } = start();
    ledger.dispatched(2, 'sql-lora');
    expect([...(table.adapters[2] ?? [])]).toEqual(['sql-lora']);
  });

  it('weighs a request by the size of its body, within bounds, and as a usual one if that is not known', () => {
    const { table, ledger } = start();
    const weight = (bytes: number | undefined) => {
      const entry = ledger.dispatched(0, undefined, { bytes });
      const prompts = table.sentPrompts[0];
      ledger.settled(entry);
      return prompts;
    };
    expect([undefined, 1200, 3600, 10, 10_000_000].map(weight)).toEqual([1, 1, 3, 0.25, 32]);
    expect(table.sentPrompts[0]).toBe(0);
  });

  it('weighs of a prompt what its pod has not been sent before', () => {
    const { table, ledger } = start();
    const prompt = { hashes: [11, 12, 13, 14, 15] };
    const weight = (slot: number) => {
      const entry = ledger.dispatched(slot, 'sql-lora', { bytes: 3424, prompt });
      const prompts = table.sentPrompts[slot];
      ledger.settled(entry);
      return prompts;
    };
    expect([0, 0, 1].map(weight)).toEqual([3424 / 1200, 2, 3424 / 1200]);
  });

  it('forgets the oldest of very many that nothing settles', () => {
    const { clock, ledger, sent } = start();
    const first = ledger.dispatched(0, undefined);
    for (let more = 0; more < MOST_UNSEEN; more += 1) ledger.dispatched(0, undefined);
    expect([first.counted, sent()]).toEqual([false, MOST_UNSEEN]);
    ledger.scraped(0, clock.ms + TRANSIT_MS);
    expect(sent()).toBe(0);
  });

  it('holds nothing of a request that is settled, and the request nothing of others', () => {
    const { ledger } = start();
    const [first, second, third] = [0, 0, 0].map((slot) => ledger.dispatched(slot, undefined));
    if (second !== undefined) ledger.settled(second);
    expect([first?.newer, third?.older]).toEqual([third, first]);
    expect([second?.older, second?.newer]).toEqual([undefined, undefined]);
  });

  it('spreads a burst between two scrapes evenly over the pods', () => {
    const { ledger, sent } = start();
    for (let request = 0; request < 100; request += 1) {
      const least = [0, 1, 2].sort((a, b) => sent(a) - sent(b))[0] ?? 0;
      ledger.dispatched(least, undefined);
    }
    expect([sent(0), sent(1), sent(2)]).toEqual([34, 33, 33]);
  });

  it('counts as a plain list of open requests would', () => {
    const step = fc.oneof(
      fc.nat(50).map((afterMs) => (both: Both) => both.send(afterMs)),
      fc.nat(20).map((which) => (both: Both) => both.settle(which)),
      fc.nat(60).map((agoMs) => (both: Both) => both.scrape(agoMs)),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const both = createBoth();
        for (const take of steps) {
          take(both);
          expect(both.sent()).toBe(both.open());
        }
      }),
    );
  });
});

type Both = ReturnType<typeof createBoth>;

/** A ledger, and beside it a list of requests that are open by the rules. */
function createBoth() {
  const { clock, ledger, sent } = start();
  const requests: { readonly entry: LedgerEntry; readonly sentAtMs: number; open: boolean }[] = [];
  return {
    send: (afterMs: number) => {
      clock.ms += afterMs;
      requests.push({ entry: ledger.dispatched(0, undefined), sentAtMs: clock.ms, open: true });
    },
    settle: (which: number) => {
      const found = requests[which];
      if (found === undefined) return;
      ledger.settled(found.entry);
      found.open = false;
    },
    scrape: (agoMs: number) => {
      const seenUpToMs = clock.ms - agoMs - TRANSIT_MS;
      ledger.scraped(0, clock.ms - agoMs);
      for (const request of requests.filter(({ sentAtMs }) => sentAtMs <= seenUpToMs)) request.open = false;
    },
    sent,
    open: () => requests.filter(({ open }) => open).length,
  };
}
