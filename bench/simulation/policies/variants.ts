import type { LoadFigures, LoadView } from '../../../src/core/load-view.ts';
import { STANDING } from '../../../src/core/load-view.ts';
import { loadScore } from '../../../src/core/score.ts';
import type { Endpoint } from '../../../src/core/snapshot.ts';
import type { SimRequest } from '../request.ts';
import { hashOf } from './hash.ts';
import type { CreatePolicy } from './policy.ts';
import { createSerin } from './serin.ts';

/** A part of Serin's policy that is taken away, or one that it does not have; by name. */
export type Variants = ReadonlyMap<string, CreatePolicy>;

/** Serin without one of its ingredients each; the picker is the real one, and does not see what is taken away. */
export const ABLATIONS: Variants = new Map([
  ['without what runs', createSerin({ view: without('running') })],
  ['without what waits', createSerin({ view: without('waiting') })],
  ['without prompts on their way', createSerin({ view: without('sentPrompts') })],
  ['without the size of prompts', createSerin({ sizes: false })],
  ['without the batch', createSerin({ view: without('batch') })],
  ['without the KV cache', createSerin({ view: without('kvUsage') })],
  ['without idle adapters', createSerin({ view: standingAs([STANDING.resident, STANDING.cached]) })],
  ['without adapters in memory', createSerin({ view: standingAs([STANDING.cached]) })],
  ['without free slots', createSerin({ view: (load) => ({ ...load, busyLoras: [] }) })],
  ['without empty slots', createSerin({ view: (load) => ({ ...load, adapters: allTaken(load) }) })],
  ['without prefixes', createSerin({ prefixes: false })],
]);

/** What was tried and not kept. */
export const TRIED: Variants = new Map([
  ['with homes for cold adapters', createSerin({ view: withHomes })],
  ['with the better of two pods', createSerin({ among: anyTwo })],
]);

function without(figure: keyof LoadFigures) {
  return (load: LoadView): LoadView => rescored({ ...load, [figure]: [] });
}

function rescored(load: LoadView): LoadView {
  return { ...load, loadScores: Array.from(load.freshness, (_, slot) => loadScore(load, slot)) };
}

/** Forgets some standings: adapters that have one are away. */
function standingAs(forgotten: readonly number[]) {
  return (load: LoadView): LoadView => ({
    ...load,
    standing: (target) =>
      Array.from(load.standing(target), (each) => (forgotten.includes(each) ? STANDING.away : each)),
  });
}

/** Pods of which no slot is empty. */
function allTaken({ maxLoras }: LoadView): LoadView['adapters'] {
  const names = Array.from(maxLoras, (slots) => Array.from({ length: slots }, (_, at) => `adapter ${at}`));
  return names.map((each) => new Set(each));
}

const HOMES = 2;
const AWAY_FROM_HOME = 16;

/** An adapter that a pod does not hold costs more on all pods but the two that rendezvous hashing gives it. */
function withHomes(load: LoadView, { adapter }: SimRequest): LoadView {
  if (adapter === undefined) return load;
  const hashes = Array.from(load.freshness, (_, slot) => hashOf(`${adapter} ${slot}`));
  const last = [...hashes].sort((a, b) => b - a)[HOMES - 1] ?? 0;
  const loadScores = Array.from(load.loadScores, (score, slot) => {
    const held = (load.adapters[slot]?.has(adapter) ?? false) || (hashes[slot] ?? 0) >= last;
    return held ? score : score + AWAY_FROM_HOME;
  });
  return { ...load, loadScores };
}

function anyTwo(endpoints: readonly Endpoint[], random: () => number): readonly Endpoint[] {
  const first = Math.floor(random() * endpoints.length);
  const second = (first + 1 + Math.floor(random() * (endpoints.length - 1))) % endpoints.length;
  return endpoints.filter((_, at) => at === first || at === second);
}
