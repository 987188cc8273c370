import { expect } from 'vitest';
import { inParallel, servedModel } from '../../e2e/client.ts';
import { ADAPTERS } from '../../e2e/pod.ts';
import type { Case } from '../subject.ts';
import { startElsewhere } from './elsewhere.ts';
import { postWithTrailers } from './trailers.ts';

const SEED_BODY = {
  model: 'lora-request',
  prompt: 'Write as if you were a critic: San Francisco',
  max_tokens: 100,
  temperature: 0,
};

/** What a single request meets. */
export const REQUESTS: readonly Case[] = [
  {
    title: "answers the seed's curl with the adapter that has served",
    run: async ({ client }) => {
      const answer = await client.send({ body: JSON.stringify(SEED_BODY) });
      expect(answer.status).toBe(200);
      expect(ADAPTERS).toContain(servedModel(answer));
    },
  },
  {
    title: 'answers a request that is headers only',
    run: async ({ client }) => {
      const answer = await client.send({ method: 'GET', path: '/v1/models' });
      expect(answer.status).toBe(200);
      const { data } = JSON.parse(answer.body) as { readonly data: readonly { readonly id: string }[] };
      expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining([...ADAPTERS]));
    },
  },
  {
    title: 'lets an answer through event by event',
    run: async ({ client }) => {
      const arrivals: string[] = [];
      const answer = await client.send({
        body: JSON.stringify({ model: 'lora-request', prompt: 'x', max_tokens: 100, stream: true }),
        onData: (text) => arrivals.push(text),
      });
      expect([answer.status, answer.body.endsWith('data: [DONE]\n\n')]).toEqual([200, true]);
      expect(arrivals.length).toBeGreaterThan(20);
    },
  },
  {
    title: 'takes a body in chunks, with trailers, which do not go on',
    run: async ({ client }) => {
      const body = JSON.stringify(SEED_BODY);
      const answer = await client.send({
        headers: { trailer: 'x-checksum', 'transfer-encoding': 'chunked' },
        body: [body.slice(0, 20), body.slice(20)],
        trailers: { 'x-checksum': 'abc' },
      });
      expect(answer.status).toBe(200);
    },
  },
  {
    title: 'takes a body with trailers over HTTP/2, but for Envoy’s fault where the route retries',
    run: async ({ gateway, wiring }) => {
      // Envoy sends a body twice that it keeps for retries when trailers follow (envoyproxy/envoy#45470).
      const status = await postWithTrailers(gateway.address, JSON.stringify(SEED_BODY));
      expect(status).toBe(wiring.retries ? 400 : 200);
    },
  },
  {
    title: 'goes to a pod and not where a client names',
    run: async ({ client }) => {
      const elsewhere = await startElsewhere();
      const { headers } = elsewhere;
      const body = JSON.stringify({ model: 'lora-request', prompt: 'x', max_tokens: 1 });
      const posts = await inParallel(20, 4, () => client.send({ headers, body }));
      const gets = await inParallel(5, 1, () => client.send({ method: 'GET', path: '/v1/models', headers }));
      expect(new Set([...posts, ...gets].map(({ status }) => status))).toEqual(new Set([200]));
      expect(elsewhere.visits()).toBe(0);
      elsewhere.close();
    },
  },
  {
    title: 'refuses a model that there is not, with the reason of Serin’s',
    run: async ({ client }) => {
      const answer = await client.complete('no-such-model');
      expect([answer.status, answer.headers['x-serin-rejected']]).toEqual([404, 'unknown_model']);
    },
  },
  {
    title: 'leaves hosts alone that no route names',
    run: async ({ client }) => {
      const answer = await client.send({ headers: { host: 'another.com' }, body: JSON.stringify(SEED_BODY) });
      expect([answer.status, answer.headers['x-serin-rejected']]).toEqual([404, undefined]);
    },
  },
];
