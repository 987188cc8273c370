import { describe, expect, test } from 'vitest';
import { objectOf, problemsOf } from './translating.ts';

const route = (host: string, ...pools: readonly string[]) => `apiVersion: istio.alibabacloud.com/v1
kind: LLMRoute
metadata:
  name: route
spec:
  gateways: [llm-inference-gateway]
  host: "${host}"
  rules:
${pools.map((pool) => `  - backendRefs:\n    - backendRef: { kind: InferencePool, name: ${pool} }\n`).join('')}`;

describe('LLMRoute', () => {
  test('binds a host to a pool of its own namespace', () => {
    expect(objectOf(route('test.com', 'pool'))).toEqual({
      kind: 'route',
      meta: expect.objectContaining({ kind: 'LLMRoute', name: 'route' }),
      host: 'test.com',
      pool: 'default/pool',
    });
  });

  test.each([
    ['Test.COM', 'test.com'],
    ['test.com:8080', 'test.com'],
    ['*', '*'],
    ['*.Example.com', '*.example.com'],
    ['10.0.0.1', '10.0.0.1'],
    ['[2001:db8::1]:80', '[2001:db8::1]'],
  ])('matches the host %s as %s', (host, expected) => {
    expect(objectOf(route(host, 'pool'))).toMatchObject({ host: expected });
  });

  test.each(['a b', 'te*st.com', '*.', 'http://test.com', '-a.com'])(
    'with the host %s is refused',
    (host) => {
      expect(problemsOf(route(host, 'pool'))).toEqual([
        'm.yaml:7:3: spec.host: must be a host name, *.domain or *',
      ]);
    },
  );

  test('may name one pool in several rules, and not two pools', () => {
    expect(objectOf(route('test.com', 'a', 'a'))).toMatchObject({ pool: 'default/a' });
    expect(problemsOf(route('test.com', 'a', 'b'))).toEqual([
      'm.yaml:12:42: spec.rules[1].backendRefs[0].backendRef.name: names a second pool beside default/a, but a route serves its host from one pool',
    ]);
  });

  test('may name a pool of another namespace', () => {
    expect(objectOf(route('test.com', 'a, namespace: llm'))).toMatchObject({ pool: 'llm/a' });
  });

  test('without a pool, or with another kind of backend, is refused', () => {
    expect(problemsOf(route('test.com').replace('rules:', 'rules: []'))).toEqual([
      'm.yaml:8:3: spec.rules: must name an InferencePool in backendRefs',
    ]);
    expect(problemsOf(route('test.com', 'a').replace('InferencePool', 'Service'))).toEqual([
      'm.yaml:10:21: spec.rules[0].backendRefs[0].backendRef.kind: must be InferencePool, not "Service"',
    ]);
  });
});
