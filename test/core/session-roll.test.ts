import { expect, test } from 'vitest';
import { modelName } from '../../src/core/names.ts';
import { sessionKey, sessionRoll } from '../../src/core/session-roll.ts';
import { chiSquareP } from '../../src/demo/chi-square.ts';

const LORA = modelName('lora-request');
const rolls = (count: number, model = LORA) =>
  Array.from({ length: count }, (_, at) => sessionRoll(`session-${at}`, model));

test('is the same in every process and release: these numbers are part of a running canary', () => {
  expect(['', 'a', 'session-1', 'ü'].map((session) => sessionRoll(session, LORA).toFixed(6))).toEqual([
    '0.534236',
    '0.398334',
    '0.462816',
    '0.435736',
  ]);
});

test('spreads sessions evenly, also those that differ in one character', () => {
  const counts = new Array<number>(20).fill(0);
  for (const roll of rolls(20_000)) counts[Math.floor(roll * 20)] = (counts[Math.floor(roll * 20)] ?? 0) + 1;
  expect(
    chiSquareP(
      counts,
      counts.map(() => 1000),
    ),
  ).toBeGreaterThan(0.001);
});

test('gives the sessions in the canary of one model no place in that of another', () => {
  const other = rolls(20_000, modelName('other'));
  const both = rolls(20_000).filter((roll, at) => roll < 0.1 && (other[at] ?? 1) < 0.1);
  expect(both.length).toBeGreaterThan(120);
  expect(both.length).toBeLessThan(280);
});

test('the key of a session is the number behind its roll, in eight digits', () => {
  const sessions = ['a', 'session-1', ...Array.from({ length: 200 }, (_, at) => `${at}`)];
  const keys = sessions.map((session) => sessionKey(session, LORA));
  expect(keys.every((key) => /^[\da-f]{8}$/.test(key))).toBe(true);
  expect(keys.map((key) => Number.parseInt(key, 16) / 2 ** 32)).toEqual(
    sessions.map((session) => sessionRoll(session, LORA)),
  );
});
