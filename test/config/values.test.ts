import { describe, expect, test } from 'vitest';
import {
  type Parse,
  parseBoolean,
  parseBytes,
  parseChoice,
  parseDuration,
  parseInteger,
  parseNumber,
  parsePath,
  parsePort,
  parseText,
} from '../../src/config/values.ts';

function valuesOf<T>(parse: Parse<T>, texts: readonly string[]): readonly (T | undefined)[] {
  return texts.map((text) => {
    const parsed = parse(text);
    return parsed.kind === 'ok' ? parsed.value : undefined;
  });
}

test('booleans are spelt as in Go', () => {
  expect(valuesOf(parseBoolean, ['true', 'T', '1', 'FALSE', 'f', '0', 'yes', ''])).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    undefined,
    undefined,
  ]);
});

test('numbers and ports keep to their bounds', () => {
  expect(valuesOf(parsePort, ['0', '65535', '65536', '-1', '1.5', '', '0x10'])).toEqual([
    0,
    65_535,
    ...Array(5),
  ]);
  expect(valuesOf(parseInteger(1, 3), ['1', '3', '0', '4', 'two'])).toEqual([1, 3, ...Array(3)]);
  expect(valuesOf(parseNumber(0, 1), ['0', '0.8', '1', '1.1', '', 'NaN'])).toEqual([0, 0.8, 1, ...Array(3)]);
});

describe('durations', () => {
  test('are read as Go writes them, in milliseconds', () => {
    expect(valuesOf(parseDuration(0), ['50ms', '2s', '1m30s', '1.5h', '0', '0s'])).toEqual([
      50, 2_000, 90_000, 5_400_000, 0, 0,
    ]);
  });

  test('need a unit and keep to their bounds', () => {
    expect(valuesOf(parseDuration(10), ['50', '5 s', 's', '1s2', '9ms', '0', '25h', ''])).toEqual(Array(8));
  });
});

test('sizes have binary and decimal units, with or without the B', () => {
  const parse = parseBytes(1, 2 ** 40);
  expect(valuesOf(parse, ['1500', '64KiB', '10Mi', '1GiB', '25MB', '2K', '7B'])).toEqual([
    1500, 65_536, 10_485_760, 1_073_741_824, 25_000_000, 2_000, 7,
  ]);
  expect(valuesOf(parse, ['0', '-1', '1.5MiB', '10 MiB', '10mib', '2000GiB', ''])).toEqual(Array(7));
});

test('a choice is one of its words, and text is not empty', () => {
  expect(valuesOf(parseChoice(['all', 'none']), ['all', 'None', ''])).toEqual(['all', undefined, undefined]);
  expect(valuesOf(parseText, ['x', ''])).toEqual(['x', undefined]);
});

test('a path begins with a slash and has a query, no fragment and nothing that would end it', () => {
  const good = ['/metrics', '/', '/metrics/?name[]=vllm:x&name%5B%5D=y'];
  expect(valuesOf(parsePath, good)).toEqual(good);
  expect(valuesOf(parsePath, ['metrics', '', '/a b', '/a#b', '/a\r\nx: y', '/ü'])).toEqual(Array(6));
});

test('a problem says what is expected', () => {
  expect([parsePort('x'), parseDuration(10)('x'), parseBytes(1, 9)('x')]).toEqual([
    { kind: 'bad', problem: 'a whole number from 0 to 65535 expected' },
    { kind: 'bad', problem: 'a duration such as 50ms, 2s or 1m30s expected' },
    { kind: 'bad', problem: 'a size from 1 to 9 bytes, such as 10MiB, expected' },
  ]);
});
