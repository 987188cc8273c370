import { expect, test } from 'vitest';
import type { Observed } from '../../../../src/sources/kubernetes/observed.ts';
import { createOwnWrites } from '../../../../src/sources/kubernetes/status/own-writes.ts';

const at = (resourceVersion: string): Observed => ({
  ...{ apiVersion: 'g/v1', kind: 'K', namespace: 'default', name: 'm', uid: 'u', generation: 1 },
  conditions: [],
  resourceVersion,
});

test('while the watch is behind its own writes, the last of them is what is known', () => {
  const own = createOwnWrites();
  expect(own.newest(at('1'))).toEqual(at('1'));
  own.wrote(at('1'), at('2'));
  expect(own.newest(at('1'))).toEqual(at('2'));
  own.wrote(at('1'), at('3'));
  for (const late of ['1', '2']) expect(own.newest(at(late))).toEqual(at('3'));
  // What others write comes after it.
  for (const newer of ['3', '4']) expect(own.newest(at(newer))).toEqual(at(newer));
});

test('a write that changed nothing on the server leaves the version that was known', () => {
  const own = createOwnWrites();
  own.wrote(at('1'), at('1'));
  expect(own.newest(at('1'))).toEqual(at('1'));
});

test('an object that is gone is forgotten', () => {
  const own = createOwnWrites();
  own.wrote(at('1'), at('2'));
  own.forget('u');
  expect(own.newest(at('1'))).toEqual(at('1'));
});
