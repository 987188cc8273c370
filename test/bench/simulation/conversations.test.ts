import { expect, test } from 'vitest';
import { conversationsOf } from '../../../bench/simulation/conversations.ts';
import { createRoundRobin } from '../../../bench/simulation/policies/plain.ts';
import type { SimRequest } from '../../../bench/simulation/request.ts';
import { WORKLOADS } from '../../../bench/simulation/workloads.ts';
import { simulate } from '../../../bench/simulation/world.ts';
import { seededRandom } from '../../core/seeded-random.ts';

const TALK = {
  perSecond: 20,
  adapter: (_: () => number, first: string | undefined) => first ?? 'a',
  turns: 4,
  thinkMs: 1000,
  systemTokens: 100,
  askTokens: 20,
  answerTokens: 30,
};

const BEGUN = conversationsOf(TALK, 20_000)(seededRandom(1));

/** The turns of a conversation that are still to come. */
function turnsOf(first: SimRequest): readonly SimRequest[] {
  return first.next === undefined ? [first] : [first, ...turnsOf(first.next.request)];
}

test('each turn begins with all of the last one and its answer', () => {
  const turns = BEGUN.flatMap((first) => {
    const all = turnsOf(first);
    return all.slice(1).map((turn, at) => ({ turn, before: all[at] }));
  });
  expect(turns.length).toBeGreaterThan(100);
  for (const { turn, before } of turns) {
    const said = [...(before?.segments ?? []), { key: before?.answerKey, tokens: before?.outputTokens }];
    expect(turn.segments.slice(0, -1)).toEqual(said);
    expect(turn.promptTokens).toBe(turn.segments.reduce((sum, { tokens }) => sum + tokens, 0));
  }
});

test('no two conversations have more in common than what their adapter begins with', () => {
  const keys = BEGUN.flatMap((first) => {
    const last = turnsOf(first).at(-1);
    return [...(last?.segments.slice(1) ?? []).map(({ key }) => key), last?.answerKey];
  });
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(BEGUN.map(({ segments }) => segments[0]?.key))).toEqual(new Set(['a system']));
});

test('as many turns come as the workload has, from its beginning', () => {
  const workload = WORKLOADS.find(({ name }) => name === 'base model');
  if (workload === undefined) throw new Error('no workload');
  const of = { ...workload, endMs: 20_000 };
  const { served } = simulate({
    workload: of,
    requests: BEGUN,
    createPolicy: createRoundRobin,
    random: seededRandom(2),
  });
  const perSecond = (fromMs: number) =>
    served.filter(({ arrivedAtMs }) => arrivedAtMs >= fromMs && arrivedAtMs < fromMs + 10_000).length / 10;
  // Answers take time too, so that turns come somewhat slower.
  for (const each of [perSecond(0), perSecond(10_000)]) {
    expect(each).toBeGreaterThan(10);
    expect(each).toBeLessThan(30);
  }
  const arrivals = new Map(served.map((each) => [each.request.id, each]));
  for (const { request, finishedAtMs } of served) {
    const next = request.next && arrivals.get(request.next.request.id);
    if (next !== undefined)
      expect(next.arrivedAtMs).toBeCloseTo(finishedAtMs + (request.next?.thinkMs ?? 0), 6);
  }
});
