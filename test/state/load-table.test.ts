import { describe, expect, it } from 'vitest';
import { STANDING } from '../../src/core/load-view.ts';
import { targetName } from '../../src/core/names.ts';
import type { LoadSample, LoadTable } from '../../src/state/load-table.ts';
import { createLoadTable } from '../../src/state/load-table.ts';

const SAMPLE: LoadSample = { waiting: 1, running: 2, kvUsage: 0.5, maxLoras: 2, adapters: [] };
const NOTHING: LoadSample = {
  waiting: undefined,
  running: undefined,
  kvUsage: undefined,
  maxLoras: undefined,
  adapters: [],
};

describe('createLoadTable', () => {
  const figures = ({ waiting, running, kvUsage, maxLoras }: LoadTable, slot: number) => [
    waiting[slot],
    running[slot],
    kvUsage[slot],
    maxLoras[slot],
  ];

  it('keeps no figure that a scrape does not show, but the number of slots for adapters', () => {
    const table = createLoadTable();
    table.record(3, SAMPLE);
    table.record(3, { ...NOTHING, waiting: 7 });
    expect(figures(table, 3)).toEqual([7, 0, 0, 2]);
  });

  it('drops the load of a pod that tells none any more', () => {
    const table = createLoadTable();
    table.record(3, SAMPLE);
    table.forget(3);
    expect(figures(table, 3)).toEqual([0, 0, 0, 2]);
  });

  it('holds no adapter for a pod that has died', () => {
    const table = createLoadTable();
    table.record(0, { ...SAMPLE, adapters: ['a'] });
    table.setFreshness(0, 'stale');
    expect(table.adapters[0]).toEqual(new Set(['a']));
    table.setFreshness(0, 'dead');
    expect(table.adapters[0]).toBeUndefined();
  });

  it('gives the slots to running adapters before those that wait', () => {
    const table = createLoadTable();
    table.record(0, { ...SAMPLE, adapters: ['runs', 'runs-too', 'waits'] });
    expect(table.adapters[0]).toEqual(new Set(['runs', 'runs-too']));
  });

  it('counts every request that was sent, and how many of them no scrape has seen', () => {
    const table = createLoadTable();
    for (const delta of [1, 1, -1]) table.addSent(0, delta);
    expect([table.sent[0], table.dispatches[0]]).toEqual([1, 2]);
  });

  it('remembers as many adapters as the pod has slots, those used last', () => {
    const table = createLoadTable();
    table.record(0, SAMPLE);
    for (const adapter of ['a', 'b', 'a', 'c']) table.touchAdapter(0, adapter);
    expect([...(table.adapters[0] ?? [])]).toEqual(['a', 'c']);
  });

  it('remembers no more than 64 adapters of a pod that does not tell its slots', () => {
    const table = createLoadTable();
    const names = Array.from({ length: 70 }, (_, at) => `lora-${at}`);
    for (const name of names) table.touchAdapter(0, name);
    expect([...(table.adapters[0] ?? [])]).toEqual(names.slice(-64));
  });

  it('counts an adapter that a scrape shows in flight as used', () => {
    const table = createLoadTable();
    table.record(0, { ...SAMPLE, adapters: ['a', 'b'] });
    table.record(0, { ...SAMPLE, adapters: ['a'] });
    table.touchAdapter(0, 'c');
    expect([...(table.adapters[0] ?? [])]).toEqual(['a', 'c']);
  });

  it('knows where an adapter is: in flight, in a slot, in memory, or away', () => {
    const table = createLoadTable();
    const standing = (name: string) => table.standing(targetName(name))[0] ?? STANDING.away;
    table.record(0, { ...SAMPLE, adapters: ['a', 'b'] });
    expect(['a', 'b', 'c'].map(standing)).toEqual([STANDING.inFlight, STANDING.inFlight, STANDING.away]);
    table.record(0, { ...SAMPLE, adapters: ['c'] });
    expect(['a', 'b', 'c'].map(standing)).toEqual([STANDING.resident, STANDING.cached, STANDING.inFlight]);
    table.setFreshness(0, 'dead');
    expect(['a', 'b', 'c'].map(standing)).toEqual([STANDING.away, STANDING.away, STANDING.away]);
  });

  it('forgets an adapter once three times as many others were used as fit into the slots', () => {
    const table = createLoadTable();
    table.record(0, SAMPLE);
    for (let at = 0; at < 9; at += 1) table.touchAdapter(0, `lora-${at}`);
    const standing = (at: number) => table.standing(targetName(`lora-${at}`))[0] ?? STANDING.away;
    expect([0, 1, 6, 7, 8].map(standing)).toEqual([
      STANDING.away,
      STANDING.cached,
      STANDING.cached,
      STANDING.resident,
      STANDING.resident,
    ]);
  });

  it('counts an adapter as in flight from when a request is sent until a scrape has seen it', () => {
    const table = createLoadTable();
    const state = () => [table.standing(targetName('a'))[0], table.busyLoras[0]];
    table.record(0, { ...SAMPLE, adapters: ['b'] });
    for (let sent = 0; sent < 2; sent += 1) table.addSent(0, 1, { target: 'a', prompts: 1 });
    table.touchAdapter(0, 'a');
    expect(state()).toEqual([STANDING.inFlight, 2]);
    table.addSent(0, -1, { target: 'a', prompts: 1 });
    expect(state()).toEqual([STANDING.inFlight, 2]);
    table.addSent(0, -1, { target: 'a', prompts: 1 });
    expect(state()).toEqual([STANDING.resident, 1]);
    table.addSent(0, 1, { target: 'b', prompts: 1 });
    expect(table.busyLoras[0]).toBe(1);
  });

  it('learns how many requests a pod runs at once from when others wait', () => {
    const table = createLoadTable();
    const batchAfter = (sample: Partial<LoadSample>) => {
      table.record(0, { ...SAMPLE, ...sample });
      return table.batch[0] ?? 0;
    };
    expect([
      batchAfter({ waiting: 0, running: 5 }),
      batchAfter({ waiting: 1, running: 3 }),
      batchAfter({ waiting: 2, running: 8 }),
      batchAfter({ waiting: 1, running: 2 }),
    ]).toEqual([0, 3, 8, 8]);
    table.setFreshness(0, 'dead');
    expect(table.batch[0]).toBe(0);
  });

  it('weighs what was sent by its prompts', () => {
    const table = createLoadTable();
    table.addSent(0, 1, { target: undefined, prompts: 0.3 });
    table.addSent(0, 1);
    expect(table.sentPrompts[0]).toBeCloseTo(1.3);
    table.addSent(0, -1);
    table.addSent(0, -1, { target: undefined, prompts: 0.3 });
    expect(table.sentPrompts[0]).toBe(0);
  });

  it('takes a name of endless length for no adapter', () => {
    const table = createLoadTable();
    table.touchAdapter(0, 'x'.repeat(1001));
    table.addSent(0, 1, { target: 'x'.repeat(1001), prompts: 1 });
    expect([table.adapters[0], table.busyLoras[0], table.sent[0]]).toEqual([undefined, undefined, 1]);
  });

  it('gives a base model no slot', () => {
    const table = createLoadTable();
    table.setModels(0, new Map([['llama2', 'base']]));
    table.touchAdapter(0, 'llama2');
    expect(table.adapters[0]).toBeUndefined();
  });

  it('tells its subscribers when what a pod serves has changed, or whether it answers', () => {
    const table = createLoadTable();
    let told = 0;
    table.subscribe(() => {
      told += 1;
    });
    const toldAfter = (change: () => void) => {
      change();
      return told;
    };
    expect([
      toldAfter(() => table.setModels(0, new Map([['a', 'adapter']]))),
      toldAfter(() => table.setModels(0, new Map([['a', 'adapter']]))),
      toldAfter(() => table.setModels(0, new Map([['a', 'base']]))),
      toldAfter(() => table.setFreshness(0, 'fresh')),
      toldAfter(() => table.setFreshness(0, 'stale')),
      toldAfter(() => table.setFreshness(0, 'dead')),
      toldAfter(() => table.setFreshness(0, 'fresh')),
      toldAfter(() => table.setModels(0, undefined)),
      toldAfter(() => table.record(0, SAMPLE)),
    ]).toEqual([1, 1, 2, 2, 2, 3, 4, 5, 5]);
  });

  it('keeps one list of models for all pods that serve the same', () => {
    const table = createLoadTable();
    for (const slot of [0, 1]) table.setModels(slot, new Map([['a', 'adapter']]));
    table.setModels(2, new Map([['b', 'adapter']]));
    expect(table.models[1]).toBe(table.models[0]);
    expect(table.models[2]).toEqual(new Map([['b', 'adapter']]));
  });

  it('forgets everything with a reset', () => {
    const table = createLoadTable();
    table.record(0, { ...SAMPLE, adapters: ['a'] });
    table.setFreshness(0, 'fresh');
    table.setModels(0, new Map());
    table.addSent(0, 3);
    table.reset(0);
    const { waiting, running, kvUsage, maxLoras, sent, freshness, models, adapters } = table;
    expect([waiting, running, kvUsage, maxLoras, sent].map((figures) => figures[0])).toEqual([0, 0, 0, 0, 0]);
    expect([freshness[0], models[0], adapters[0]]).toEqual(['unknown', undefined, undefined]);
  });
});
