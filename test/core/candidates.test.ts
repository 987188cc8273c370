import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/core/address.ts';
import { candidateFilter } from '../../src/core/candidates.ts';
import { targetName } from '../../src/core/names.ts';
import type { Endpoint } from '../../src/core/snapshot.ts';
import { endpoint, loadView } from './pods.ts';

const TARGET = targetName('sql-lora');

/** The slots of the endpoints that stay. */
function slots(endpoints: readonly Endpoint[], input: Partial<Parameters<typeof candidateFilter>[0]>) {
  const filter = candidateFilter({ target: TARGET, subset: undefined, load: loadView(), ...input });
  return endpoints.filter(filter).map(({ slot }) => slot);
}

const THREE = [endpoint(0), endpoint(1), endpoint(2)];

function at(slot: number, text: string): Endpoint {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`no address: ${text}`);
  return { slot, address, name: text };
}

describe('candidateFilter', () => {
  test('leaves out dead pods, and only those', () => {
    const load = loadView({ freshness: 'dead' }, { freshness: 'stale' }, { freshness: 'unknown' });
    expect(slots(THREE, { load })).toEqual([1, 2]);
  });

  test('leaves out pods that are known to lack the target', () => {
    const load = loadView({ models: ['sql-lora'] }, { models: ['sql-lora-1'] }, { models: [] });
    expect(slots(THREE, { load })).toEqual([0]);
  });

  test('keeps pods whose models are unknown, whatever the target', () => {
    const load = loadView({ models: ['sql-lora-1'] }, { models: undefined });
    expect(slots(THREE, { load })).toEqual([1, 2]);
  });

  test('finds the base model among the names that a pod serves', () => {
    const load = loadView({ models: [], bases: ['sql-lora'] }, { models: [] }, { models: [] });
    expect(slots(THREE, { load })).toEqual([0]);
  });

  test('asks for no model where no target is wanted', () => {
    const load = loadView({ models: [] }, { models: ['x'] }, {});
    expect(slots(THREE, { load, target: undefined })).toEqual([0, 1, 2]);
  });

  test('keeps what is both in the subset and in the pool', () => {
    expect(slots(THREE, { subset: ['10.0.0.3:8000', '10.0.0.1:8000', '10.9.9.9:8000'] })).toEqual([0, 2]);
    expect(slots(THREE, { subset: ['10.0.0.1:8001'] })).toEqual([]);
    expect(slots(THREE, { subset: [] })).toEqual([]);
  });

  test('takes an entry without a port for all ports of the pod', () => {
    const ports = [at(0, '10.0.0.1:8000'), at(1, '10.0.0.1:8001'), at(2, '10.0.0.11:8000')];
    expect(slots(ports, { subset: ['10.0.0.1'] })).toEqual([0, 1]);
  });

  test.each(['[fd00::1]:8000', '[FD00:0:0::1]:8000', 'fd00::1', '[fd00::1]', 'FD00:0::0:1'])(
    'knows an IPv6 pod by %s',
    (entry) => {
      expect(slots([at(0, '[fd00::1]:8000'), at(1, '[fd00::11]:8000')], { subset: [entry] })).toEqual([0]);
    },
  );

  test.each(['', 'pod-10.0.0.1', '10.0.0.1:', '10.0.0.1:http', '010.0.0.1:8000', ' '])(
    'matches nothing with the entry %j',
    (entry) => {
      expect(slots(THREE, { subset: [entry] })).toEqual([]);
    },
  );

  test('still leaves out a dead pod of the subset', () => {
    const load = loadView({ freshness: 'dead' });
    expect(slots(THREE, { load, subset: ['10.0.0.1', '10.0.0.2'] })).toEqual([1]);
  });
});
