import { describe, expect, test } from 'vitest';
import { all, faultsOf, MODEL, POOL, XK8S } from './validating.ts';

describe('names that are almost right', () => {
  test('of a kind or a group are no reason to pass an object over', async () => {
    const texts = [
      MODEL('x').replace('InferenceModel', 'InferenceModle'),
      POOL.replace(XK8S, 'inference.networking.x-k8s.oi'),
    ];
    expect(await faultsOf(all(...texts))).toEqual([
      1,
      'a.yaml:2:1: kind: is not known here; is it InferenceModel?',
      `a.yaml:6:1: apiVersion: is not known here; is it ${XK8S}?`,
    ]);
  });

  test('of fields are found where the schema looks at none', async () => {
    const pool = `apiVersion: ${XK8S}/v1alpha2
kind: InferencePool
metadata: { name: pool, namesapce: llm, annotations: { any: thing } }
spce: {}
spec:
  targetPortNumber: 8000
  selector: { app: vllm }
  extensionReff: { name: serin }
  extensionRef: { nmae: serin, failureMode: FailOpen }
  somethingNew: 1
`;
    expect(await faultsOf(pool)).toEqual([
      1,
      'a.yaml:3:25: metadata.namesapce: unknown field; is it namespace?',
      'a.yaml:4:1: spce: unknown field; is it spec?',
      'a.yaml:8:3: spec.extensionReff: unknown field; is it extensionRef?',
      'a.yaml:9:19: spec.extensionRef.nmae: unknown field; is it name?',
      'a.yaml:10:3: spec.somethingNew: note: is not known here and not used',
    ]);
  });

  test('every field of every generation of pools is known', async () => {
    const v1 = `apiVersion: inference.networking.k8s.io/v1
kind: InferencePool
metadata: { name: v1, labels: {}, finalizers: [] }
spec:
  selector: { matchLabels: { app: vllm } }
  targetPorts: [{ number: 8000 }]
  appProtocol: http
  endpointPickerRef: { group: '', kind: Service, name: s, port: { number: 9002 }, failureMode: FailOpen }
status: {}
`;
    const alpha = `${POOL.trimEnd().slice(0, -2)}, extensionRef: { name: s, portNumber: 9002, failureMode: FailOpen } }\n`;
    expect(await faultsOf(all(v1, alpha))).toEqual([0]);
  });
});
