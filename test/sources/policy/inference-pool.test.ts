import { describe, expect, test } from 'vitest';
import { objectOf, problemsOf } from './translating.ts';

const HEAD = (apiVersion: string) => `apiVersion: ${apiVersion}
kind: InferencePool
metadata:
  name: pool
spec:
`;

const FLAT = HEAD('inference.networking.x-k8s.io/v1alpha1');
const V1 = HEAD('inference.networking.k8s.io/v1');

const flatPorts = '  targetPortNumber: 8000\n';
const v1Selector = '  selector:\n    matchLabels:\n      app: vllm\n';

const pool = (ports: readonly number[], picker?: string) => ({
  kind: 'pool',
  meta: expect.objectContaining({ kind: 'InferencePool', name: 'pool' }),
  key: 'default/pool',
  selector: new Map([['app', 'vllm']]),
  ports,
  picker,
});

describe('InferencePool', () => {
  test.each(['v1alpha1', 'v1alpha2'])(
    'of %s has a flat selector, one port and no need of an extensionRef',
    (version) => {
      const text = `${HEAD(`inference.networking.x-k8s.io/${version}`)}${flatPorts}  selector: { app: vllm }\n`;
      expect(objectOf(text)).toEqual(pool([8000]));
      expect(objectOf(`${text}  extensionRef: { name: epp }\n`)).toEqual(pool([8000], 'epp'));
    },
  );

  test('of v1 has matchLabels and one endpoint per target port', () => {
    const text = `${V1}${v1Selector}  targetPorts: [{ number: 8000 }, { number: 8001 }]\n`;
    expect(objectOf(text)).toEqual(pool([8000, 8001]));
    expect(objectOf(`${text}  endpointPickerRef: { name: epp }\n  appProtocol: http\n`)).toEqual(
      pool([8000, 8001], 'epp'),
    );
  });

  test.each(['{ kind: Other, name: epp }', '{ group: x.org, kind: Service, name: epp }', '{}', '[]', '7'])(
    'whose reference to an endpoint picker is %s names no Service, and is none the worse for it',
    (reference) => {
      const text = `${V1}${v1Selector}  targetPorts: [{ number: 8000 }]\n  endpointPickerRef: ${reference}\n`;
      expect(objectOf(text)).toEqual(pool([8000]));
    },
  );

  test('of v1 with a port twice, with nine ports or with none is refused', () => {
    const ports = (...numbers: readonly number[]) =>
      `${V1}${v1Selector}  targetPorts: [${numbers.map((number) => `{ number: ${number} }`).join(', ')}]\n`;
    expect(problemsOf(ports(8000, 8001, 8000))).toEqual([
      'm.yaml:9:55: spec.targetPorts[2].number: is a port twice in this list',
    ]);
    expect(problemsOf(ports(1, 2, 3, 4, 5, 6, 7, 8, 9))).toEqual([
      'm.yaml:9:3: spec.targetPorts: must have at most 8 entries',
    ]);
    expect(problemsOf(ports())).toEqual(['m.yaml:9:3: spec.targetPorts: must have at least 1 entry']);
    expect(problemsOf(ports(0))).toEqual(['m.yaml:9:19: spec.targetPorts[0].number: must be at least 1']);
  });

  test('of v1 with matchExpressions or without labels is refused', () => {
    const ports = '  targetPorts: [{ number: 8000 }]\n';
    expect(problemsOf(`${V1}${ports}  selector:\n    matchLabels: {}\n    matchExpressions: []\n`)).toEqual([
      'm.yaml:8:5: spec.selector.matchLabels: must have at least 1 entry',
      'm.yaml:9:5: spec.selector.matchExpressions: unknown field',
    ]);
  });

  test('of an alpha with the fields of v1 is refused', () => {
    expect(problemsOf(`${FLAT}${v1Selector}  targetPorts: [{ number: 8000 }]\n`)).toEqual([
      'm.yaml:7:5: spec.selector.matchLabels: must be a string, not a mapping',
      'm.yaml:5:1: spec.targetPortNumber: is required',
    ]);
  });

  test.each([0, 65_536])('with the port %i is refused', (port) => {
    const text = `${FLAT}  selector: { app: vllm }\n  targetPortNumber: ${port}\n`;
    expect(problemsOf(text)).toEqual([
      `m.yaml:7:3: spec.targetPortNumber: must be at ${port === 0 ? 'least 1' : 'most 65535'}`,
    ]);
  });
});
