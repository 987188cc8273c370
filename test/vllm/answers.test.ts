import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ANSWER_DIFFERENCES } from './answer-differences.ts';
import { answerDifferences, answersOf } from './answers.ts';
import { compareWithList, NOTHING_TO_SAY } from './difference.ts';
import { questions } from './questions.ts';
import { type Pair, startPair } from './simulator.ts';
import { adapterPath } from './vllm-server.ts';

let pair: Pair;
beforeAll(async () => {
  const [, spared] = inject('servers');
  pair = await startPair(spared);
});
afterAll(() => pair.close());

test('the simulator answers, refuses and streams as a real server does, but for the listed differences', async () => {
  const asked = questions(adapterPath);
  const [expected, actual] = [await answersOf(pair.real, asked), await answersOf(pair.fake, asked)];
  expect([expected.size, actual.size]).toEqual([asked.length, asked.length]);
  const found = [...expected].flatMap(([name, answer]) => {
    const simulated = actual.get(name);
    return simulated === undefined ? [] : answerDifferences(name, answer, simulated);
  });
  expect(compareWithList(found, ANSWER_DIFFERENCES)).toEqual(NOTHING_TO_SAY);
});
