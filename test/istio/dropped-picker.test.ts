import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl } from '../node/kubectl.ts';
import { type Subject, untilAnswer, wireUp } from './subject.ts';
import { wiringOf } from './wirings.ts';

const CORS = { type: 'CORS', cors: { allowOrigins: ['https://example.com'] } };

describe('an HTTPRoute with CORS, which serin validate warns of', () => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await wireUp(wiringOf('gateway-api'));
  });
  afterAll(() => subject.remove());

  it('loses its picker in Istio: vLLM gets the name that the client has sent', async () => {
    const patch = [{ op: 'add', path: '/spec/rules/0/filters', value: [CORS] }];
    await kubectl('patch', 'httproute', 'test-llm-route', '--type=json', '-p', JSON.stringify(patch));
    await untilAnswer(subject.client, ({ status }) => status === 404);
    const answer = await subject.client.complete('lora-request');
    expect([answer.headers['x-serin-rejected'], JSON.parse(answer.body).error.param]).toEqual([
      undefined,
      'model',
    ]);
  });
});
