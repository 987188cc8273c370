import { expect, test } from 'vitest';
import { type FlagKind, splitArgv } from '../../src/config/argv.ts';

const KINDS: ReadonlyMap<string, FlagKind> = new Map([
  ['secure-serving', 'boolean'],
  ['pool-name', 'value'],
  ['v', 'value'],
  ['tracing', 'legacy'],
]);

function split(...argv: readonly string[]) {
  return splitArgv(argv, (name) => KINDS.get(name) ?? 'unknown');
}

test('a value follows its flag or an equals sign, after one dash or two', () => {
  expect(split('--pool-name', 'a', '--pool-name=b=c', '-v', '3', '-v=4', '--v', '5')).toEqual({
    flags: [
      { name: 'pool-name', value: 'a' },
      { name: 'pool-name', value: 'b=c' },
      { name: 'v', value: '3' },
      { name: 'v', value: '4' },
      { name: 'v', value: '5' },
    ],
    stray: [],
  });
});

test('a boolean takes the next word only if that is a boolean', () => {
  expect(split('--secure-serving', 'false', '--secure-serving', '--secure-serving', 'x')).toEqual({
    flags: [
      { name: 'secure-serving', value: 'false' },
      { name: 'secure-serving', value: undefined },
      { name: 'secure-serving', value: undefined },
    ],
    stray: ['x'],
  });
});

test('the camelCase names of the first pickers are read as kebab-case', () => {
  expect(split('-poolName', 'a').flags).toEqual([{ name: 'pool-name', value: 'a' }]);
});

test('flags without meaning and unknown ones take a following word that is no flag', () => {
  expect(split('--tracing', '--typo', 'value', '--tracing', 'false')).toEqual({
    flags: [
      { name: 'tracing', value: undefined },
      { name: 'typo', value: 'value' },
      { name: 'tracing', value: 'false' },
    ],
    stray: [],
  });
});
