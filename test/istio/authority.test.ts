import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inParallel } from '../e2e/client.ts';
import { applyOwn, kubectl, manifests, rolledOut } from '../node/kubectl.ts';
import { type Subject, wireUp } from './subject.ts';
import { wiringOf } from './wirings.ts';

/** What Istio calls its cluster of Serin's Service. */
const CLUSTER = 'outbound|9002||serin.default.svc.cluster.local';

async function statuses({ client }: Subject): Promise<ReadonlySet<number>> {
  const answers = await inParallel(40, 4, () => client.complete('lora-request'));
  return new Set(answers.map(({ status }) => status));
}

/** The hosts under which the gateway has asked Serin for one request, by its own account. */
async function authorities({ gateway, client }: Subject): Promise<ReadonlySet<string>> {
  const before = (await gateway.log()).length;
  await gateway.setLogLevel('router=debug');
  await client.complete('lora-request');
  await gateway.setLogLevel('router=warning');
  const streams = (await gateway.log()).slice(before).split("':path', '/envoy.service.ext_proc.v3").slice(1);
  return new Set(streams.map((text) => /':authority', '([^']*)'/.exec(text)?.[1] ?? ''));
}

/** Has every Serin serve by a transport. */
async function serveBy(transport: 'native' | 'grpc-js'): Promise<void> {
  const path = '/spec/template/spec/containers/0/args/-';
  const op = { op: 'add', path, value: `--transport=${transport}` };
  await applyOwn((at) => ({
    resources: [at('serin')],
    patches: [{ target: { kind: 'Deployment', name: 'serin' }, patch: JSON.stringify([op]) }],
  }));
  await rolledOut('serin');
}

describe('the host under which Istio asks Serin', () => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await wireUp(wiringOf('gateway-api'));
  });
  afterAll(() => subject.remove());

  it('is its cluster’s name for an InferencePool, and Serin’s transport takes it', async () => {
    expect(await authorities(subject)).toEqual(new Set([CLUSTER]));
    expect(await statuses(subject)).toEqual(new Set([200]));
  });

  it('is refused by --transport=grpc-js', async () => {
    await serveBy('grpc-js');
    // Replicas of before answer until the gateway has missed them.
    await expect.poll(() => statuses(subject)).toEqual(new Set([500]));
  });

  it('is one that grpc-js takes with manifests/istio/gateway-api-override', async () => {
    await kubectl('apply', '-k', manifests('istio/gateway-api-override'));
    await expect.poll(() => statuses(subject)).toEqual(new Set([200]));
    expect(await authorities(subject)).toEqual(new Set(['serin.default.svc.cluster.local:9002']));
    await kubectl('delete', '-f', manifests('istio/gateway-api-override/override.yaml'));
    await serveBy('native');
  });
});
