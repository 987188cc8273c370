import { expect, test } from 'vitest';
import { readPage } from '../../../src/sources/kubernetes/api-object.ts';
import { PODS } from '../../../src/sources/kubernetes/resource.ts';

test('an object whose names are no texts is read, without them', () => {
  const metadata = { namespace: Object.create(null), name: 7, uid: 'u' };
  const page = readPage({ metadata: { resourceVersion: '1' }, items: [{ metadata }] }, PODS);
  expect(page?.objects).toEqual([
    {
      uid: 'u',
      title: 'Pod / (v1)',
      stamp: undefined,
      value: { metadata, apiVersion: 'v1', kind: 'Pod' },
    },
  ]);
});
