import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEvent, readPage } from '../../../src/sources/kubernetes/api-object.ts';
import { createPods } from '../../../src/sources/kubernetes/pods.ts';
import { createPolicyObjects } from '../../../src/sources/kubernetes/policy-objects.ts';
import { PODS, POLICY_KINDS, POOL_KINDS, type Resource } from '../../../src/sources/kubernetes/resource.ts';

const KINDS: readonly Resource[] = [...POOL_KINDS, ...POLICY_KINDS].flatMap(({ versions, ...kind }) =>
  versions.map((version) => ({ ...kind, version, namespaced: true })),
);

/** JSON that looks like objects here and there. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.jsonValue({ maxDepth: 1 }), tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(
    fc.constantFrom(
      ...[
        'metadata',
        'spec',
        'status',
        'name',
        'namespace',
        'uid',
        'resourceVersion',
        'labels',
        'conditions',
      ],
      ...['type', 'object', 'items', 'continue', 'selector', 'matchLabels', 'targetPorts', 'number', 'podIP'],
      ...[
        'poolRef',
        'modelName',
        'targetModels',
        'weight',
        'rules',
        'matches',
        'targets',
        'host',
        '__proto__',
      ],
      ...[
        'backendRefs',
        'backendRef',
        'endpointPickerRef',
        'extensionRef',
        'deletionTimestamp',
        'constructor',
      ],
    ),
    tie('value'),
    { maxKeys: 6 },
  ),
}));

test('whatever a server lists or says is read or passed over, and nothing breaks on it', () => {
  fc.assert(
    fc.property(value, fc.constantFrom(PODS, ...KINDS), (given, resource) => {
      const metadata = { name: 'x', namespace: 'default', uid: 'u', resourceVersion: '1' };
      const objects = [
        given,
        { metadata, spec: given },
        { metadata, spec: Object(given).spec, status: given },
      ];
      const page = readPage({ metadata: { resourceVersion: '1' }, items: objects }, resource);
      readPage(given, resource);
      readEvent(JSON.stringify(given), resource);
      const event = readEvent(JSON.stringify({ type: 'ADDED', object: given }), resource);
      for (const sink of [createPods(() => undefined), createPolicyObjects(() => undefined)]) {
        sink.replace(page?.objects ?? []);
        if (event.kind === 'change') sink.change([event.change]);
      }
      expect(page?.objects.length).toBeLessThanOrEqual(3);
    }),
    { numRuns: 500 },
  );
});
