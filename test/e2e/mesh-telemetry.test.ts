import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Manifest } from '../manifests/kustomized.ts';
import { type Sent, servedModel } from './client.ts';
import { wiring } from './mesh.ts';
import { type LogLine, type MeshStack, startMesh } from './mesh-stack.ts';

const FOLDER = join(import.meta.dirname, '../../manifests/istio/components/telemetry');
const telemetry = parse(readFileSync(join(FOLDER, 'telemetry.yaml'), 'utf8'));
const [{ envoyFileAccessLog }] = parse(
  readFileSync(join(FOLDER, 'mesh-config.yaml'), 'utf8'),
).extensionProviders;
const label: string = telemetry.spec.metrics[0].overrides[0].tagOverrides.model.value;

/** The label that the stats filter of Istio's proxy would give, as the access log of a plain Envoy shows it. */
const log = { ...envoyFileAccessLog.logFormat.labels, label: `%CEL(${label})%` };

describe('the component telemetry, by the access log of a real Envoy', () => {
  let stack: MeshStack;
  let lines: ReadonlyMap<string, LogLine>;
  const target = new Map<string, string>();
  const madeUp = Array.from({ length: 30 }, (_, index) => `made-up-${index}`);

  beforeAll(async () => {
    stack = await startMesh({ objects: wiring('envoyfilter'), log, serin: ['--unknown-model=pass'] });
    const ask = (name: string, sent: Sent) => stack.client.send({ ...sent, path: `/v1/completions?${name}` });
    const body = (model: unknown) => JSON.stringify({ model, prompt: 'x', max_tokens: 1 });
    const answer = await ask('weighted', { body: body('lora-request') });
    target.set('weighted', servedModel(answer));
    await ask('direct', { body: body('sql-lora') });
    await ask('bodiless', { method: 'GET' });
    await ask('refused', { body: body(1) });
    // So large that its beginning is with the pod before Serin sees the fault.
    await ask('refused-late', {
      body: `{"model":"lora-request","prompt":"${'x'.repeat(1 << 20)}","model":1}`,
    });
    await ask('other', { headers: { host: 'other.com' }, body: body('sql-lora') });
    for (const name of madeUp) await ask(name, { body: body(name) });
    const logged = await stack.accessLog(6 + madeUp.length);
    lines = new Map(logged.map((line) => [String(line.path).split('?')[1] ?? '', line]));
  });
  afterAll(() => stack.stop());

  it('labels a request with the target that Serin chose, and logs what it was made of', () => {
    const line = lines.get('weighted');
    const chosen = target.get('weighted');
    const made = { label: chosen, target: chosen, model: 'lora-request', route: 'weighted', status: 200 };
    expect(line).toMatchObject(made);
    expect(stack.pods.map(({ address }) => address)).toContain(line?.pod);
    expect(line?.upstream).toBe(line?.pod);
  });

  it('labels an adapter that is asked for by its own name, and a request without a body, with their ways', () => {
    expect(lines.get('direct')).toMatchObject({ label: 'direct', model: 'sql-lora', target: 'sql-lora' });
    expect(lines.get('bodiless')).toMatchObject({ label: 'headers', model: null });
  });

  it('labels what Serin refuses, and what it is not asked about, unknown', () => {
    const details = expect.stringContaining('serin_model_not_string');
    for (const name of ['refused', 'refused-late']) {
      expect(lines.get(name)).toMatchObject({ label: 'unknown', status: 400, details });
    }
    expect(lines.get('refused-late')).toMatchObject({ model: 'lora-request', route: 'weighted' });
    expect(lines.get('other')).toMatchObject({ label: 'unknown', status: 200 });
  });

  it('makes no label of a name that a client has made up', () => {
    expect(madeUp.map((name) => lines.get(name)?.label)).toEqual(madeUp.map(() => 'passthrough'));
    expect(madeUp.map((name) => lines.get(name)?.model)).toEqual(madeUp);
  });
});

/** An EnvoyFilter that leaves this in the namespace `envoy.lb`, as Serin may. */
function leaving(decision: { readonly [key: string]: string }): Manifest {
  const value = {
    name: 'envoy.filters.http.set_metadata',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.set_metadata.v3.Config',
      metadata: [{ metadata_namespace: 'envoy.lb', value: { serin: decision } }],
    },
  };
  const match = {
    listener: { filterChain: { filter: { subFilter: { name: 'envoy.filters.http.router' } } } },
  };
  const patch = { operation: 'INSERT_BEFORE', value };
  const spec = { configPatches: [{ applyTo: 'HTTP_FILTER', match, patch }] };
  return { kind: 'EnvoyFilter', metadata: { name: 'leaving' }, spec };
}

describe('the component telemetry, where only envoy.lb comes through', () => {
  it.each([
    [{ route: 'weighted', target: 'sql-lora-1' }, 'sql-lora-1'],
    [{ route: 'direct', target: 'sql-lora' }, 'direct'],
  ])('labels %j by the same rule: %s', { timeout: 60_000 }, async (decision, expected) => {
    const stack = await startMesh({ objects: [...wiring('envoyfilter'), leaving(decision)], log });
    await stack.client.send({ headers: { host: 'other.com' }, body: '{"model":"sql-lora","prompt":"x"}' });
    expect((await stack.accessLog(1)).map((line) => line.label)).toEqual([expected]);
    await stack.stop();
  });
});
