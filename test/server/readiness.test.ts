import { expect, test } from 'vitest';
import { createReadiness } from '../../src/server/readiness.ts';

test('a process is ready once every condition was met', async () => {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const readiness = createReadiness([
    { name: 'manifests', met: first.promise },
    { name: 'endpoints', met: second.promise },
  ]);
  expect(readiness.waitingFor()).toEqual(['manifests', 'endpoints']);
  second.resolve();
  await second.promise;
  expect(readiness.waitingFor()).toEqual(['manifests']);
  first.resolve();
  await readiness.ready;
  expect(readiness.waitingFor()).toEqual([]);
});

test('a process without conditions is ready', async () => {
  const readiness = createReadiness([]);
  await readiness.ready;
  expect(readiness.waitingFor()).toEqual([]);
});

test('a condition that fails is the failure of the whole', async () => {
  const readiness = createReadiness([{ name: 'manifests', met: Promise.reject(new Error('no such file')) }]);
  await expect(readiness.ready).rejects.toThrow('no such file');
  expect(readiness.waitingFor()).toEqual(['manifests']);
});
