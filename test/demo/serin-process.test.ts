import { expect, test } from 'vitest';
import { warningOf, weightsOnPage } from '../../src/demo/serin-process.ts';

test('passes on what Serin warns of, and what is no log line', () => {
  expect(warningOf('{"level":30,"msg":"listening"}')).toBe(undefined);
  expect(warningOf('{"level":40,"msg":"a.yaml:3:5: weight must be a number"}')).toBe(
    'a.yaml:3:5: weight must be a number',
  );
  expect(warningOf('serin serve: --endpoints is wrong')).toBe('serin serve: --endpoints is wrong');
});

test('reads a model’s weights from Serin’s snapshot', () => {
  const target = (name: string, wanted: number) => ({ name, wanted, effective: wanted });
  const page = JSON.stringify({
    version: 3,
    pools: [
      { pool: 'default/other', models: { broken: { problem: 'no targets' } } },
      { pool: 'default/p', models: { 'lora-request': { targets: [target('a', 90), target('b', 10)] } } },
    ],
  });
  expect(weightsOnPage(page, 'lora-request')).toEqual([
    { target: 'a', weight: 90 },
    { target: 'b', weight: 10 },
  ]);
  expect(weightsOnPage(page, 'broken')).toEqual([]);
  expect(weightsOnPage(page, 'unknown')).toEqual([]);
});
