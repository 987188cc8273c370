import { describe, expect, it } from 'vitest';
import type { LoadSample } from '../../src/state/load-table.ts';
import { createLoadTable } from '../../src/state/load-table.ts';

const SAMPLE: LoadSample = { waiting: 1, running: 2, kvUsage: 0.5, maxLoras: 2, adapters: [] };

describe('createLoadTable', () => {
  it('keeps the last value of a family that a scrape lacks', () => {
    const table = createLoadTable();
    table.record(3, SAMPLE);
    table.record(3, {
      waiting: 7,
      running: undefined,
      kvUsage: undefined,
      maxLoras: undefined,
      adapters: [],
    });
    expect([table.waiting[3], table.running[3], table.kvUsage[3], table.maxLoras[3]]).toEqual([7, 2, 0.5, 2]);
  });

  it('remembers as many adapters as the pod has slots, those used last', () => {
    const table = createLoadTable();
    table.record(0, SAMPLE);
    for (const adapter of ['a', 'b', 'a', 'c']) table.touchAdapter(0, adapter);
    expect([...(table.adapters[0] ?? [])]).toEqual(['a', 'c']);
  });

  it('counts an adapter that a scrape shows in flight as used', () => {
    const table = createLoadTable();
    table.record(0, { ...SAMPLE, adapters: ['a', 'b'] });
    table.record(0, { ...SAMPLE, adapters: ['a'] });
    table.touchAdapter(0, 'c');
    expect([...(table.adapters[0] ?? [])]).toEqual(['a', 'c']);
  });

  it('gives a base model no slot', () => {
    const table = createLoadTable();
    table.setModels(0, new Map([['llama2', 'base']]));
    table.touchAdapter(0, 'llama2');
    expect(table.adapters[0]).toBeUndefined();
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
