import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, servedModel } from '../e2e/client.ts';
import { kubectl, manifests } from '../node/kubectl.ts';
import { type Subject, wireUp } from './subject.ts';
import { labelExpression, WITHOUT_METRICS } from './telemetry.ts';
import { pushed } from './whole-config.ts';
import { wiringOf } from './wirings.ts';

describe('manifests/istio/components/telemetry', () => {
  let subject: Subject;
  beforeAll(async () => {
    const wiring = wiringOf('envoyfilter');
    subject = await wireUp({ ...wiring, components: ['telemetry'], patches: [WITHOUT_METRICS] });
  });
  afterAll(() => subject.remove());

  /** The entry that the gateway has written for one request. */
  async function logged(send: () => Promise<Answer>) {
    const before = (await subject.gateway.accessLog()).length;
    const answer = await send();
    const after = async () => (await subject.gateway.accessLog()).slice(before);
    await expect.poll(after).toHaveLength(1);
    const [entry] = await after();
    return { answer, entry };
  }

  it('names what Serin has chosen: model, target, pod and label', async () => {
    const { answer, entry } = await logged(() => subject.client.complete('lora-request'));
    const target = servedModel(answer);
    expect(entry).toMatchObject({ status: 200, model: 'lora-request', target, route: 'weighted' });
    expect([entry?.model_label, entry?.pod]).toEqual([target, entry?.upstream]);
  });

  it('labels what no weights have chosen by the way that was taken, not by the client’s name for it', async () => {
    const { entry } = await logged(() => subject.client.complete('sql-lora'));
    expect([entry?.status, entry?.model_label]).toEqual([200, 'direct']);
    const list = { method: 'GET', path: '/v1/models' };
    const headersOnly = await logged(() => subject.client.send(list));
    expect([headersOnly.entry?.status, headersOnly.entry?.model_label]).toEqual([200, 'headers']);
  });

  it.each([
    ['a model that there is not', {}, 'made-up-by-a-client'],
    ['a host that no route names', { host: 'another.com' }, 'lora-request'],
  ])('labels %s as unknown', async (_, headers, model) => {
    const body = JSON.stringify({ model, prompt: 'x' });
    const { entry } = await logged(() => subject.client.send({ headers, body }));
    expect([entry?.status, entry?.model_label]).toEqual([404, 'unknown']);
  });

  it('makes istiod write the expression into its filter for metrics, which is not run here', async () => {
    await kubectl('apply', '-k', manifests('istio/components/telemetry'));
    const expression = JSON.stringify(await labelExpression()).slice(1, -1);
    const listeners = async () => JSON.stringify((await pushed()).listeners);
    await expect.poll(listeners).toContain(expression);
  });
});
