import { describe, expect, test } from 'vitest';
import { all, faultsOf, MODEL, POOL, validate } from './validating.ts';

const HTTP_ROUTE = (rule: string) => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: llm }
spec:
  parentRefs: [{ name: gateway }]
  rules:
  - ${rule}
`;
const TO_POOL = 'backendRefs: [{ group: inference.networking.k8s.io, kind: InferencePool, name: pool }]';
const DROPPED = 'Istio drops the endpoint picker of pool, and any pod gets the requests';

describe('an HTTPRoute to an InferencePool', () => {
  test.each([
    ['filters: [{ type: CORS, cors: { allowOrigins: ["*"] } }]', '7:17', 'filters[0]', 'CORS'],
    ['filters: [{ type: URLRewrite }, { type: FaultInjection }]', '7:39', 'filters[1]', 'FaultInjection'],
  ])('%s is warned of where it stands, and no error', async (filters, place, field, type) => {
    const rule = `${filters}\n    ${TO_POOL}`;
    expect(await faultsOf(HTTP_ROUTE(rule))).toEqual([
      0,
      `a.yaml:${place}: spec.rules[0].${field}.type: warning: with ${type} ${DROPPED}`,
    ]);
  });

  test('is warned of a filter of its backend too', async () => {
    const rule = TO_POOL.replace(' }]', ', filters: [{ type: CORS }] }]');
    expect(await faultsOf(HTTP_ROUTE(rule))).toEqual([
      0,
      `a.yaml:7:102: spec.rules[0].backendRefs[0].filters[0].type: warning: with CORS ${DROPPED}`,
    ]);
  });

  test('is warned of a second backend, whose picker would serve all', async () => {
    const rule = TO_POOL.replace(' }]', ' }, { kind: InferencePool, name: canary }]');
    expect(await faultsOf(HTTP_ROUTE(rule))).toEqual([
      0,
      'a.yaml:7:5: spec.rules[0].backendRefs: warning: Istio asks one picker about all of them, that of the last pool',
    ]);
  });

  test('is left alone without any of these, as are routes to Services and routes of others', async () => {
    const cors = 'filters: [{ type: CORS }]\n    ';
    const own = HTTP_ROUTE(`filters: [{ type: RequestHeaderModifier }]\n    ${TO_POOL}`);
    const toService = HTTP_ROUTE(`${cors}backendRefs: [{ name: a, port: 80 }, { name: b, port: 80 }]`);
    const ofOthers = HTTP_ROUTE(`${cors}${TO_POOL}`).replace('gateway.networking.k8s.io', 'example.com');
    expect(await faultsOf(all(own, toService, ofOthers, POOL, MODEL('x')))).toEqual([0]);
  });

  test('is told of as a warning in JSON', async () => {
    const { status, lines } = await validate(
      { 'a.yaml': HTTP_ROUTE(`filters: [{ type: CORS }]\n    ${TO_POOL}`) },
      '--json',
    );
    const report = JSON.parse(lines.join('\n'));
    expect([status, report.ok, report.findings]).toEqual([
      0,
      true,
      [
        {
          severity: 'warning',
          file: 'a.yaml',
          line: 7,
          column: 17,
          object: 'HTTPRoute llm',
          field: 'spec.rules[0].filters[0].type',
          message: `with CORS ${DROPPED}`,
        },
      ],
    ]);
  });
});
