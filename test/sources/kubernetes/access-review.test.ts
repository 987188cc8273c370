import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { reviewAccess } from '../../../src/sources/kubernetes/access-review.ts';
import { createOpenApi } from '../../../src/sources/kubernetes/api-server.ts';

const ASKED = { token: 'a-token', verb: 'get', path: '/debug/snapshot' };
const USER = { username: 'jane', uid: '7', groups: ['readers'], extra: { scopes: ['a', 'b'] } };
const KNOWN = { status: { authenticated: true, user: USER } };

/** An API server that gives these answers in turn. */
async function server(...answers: readonly (object | string | ((response: ServerResponse) => void))[]) {
  const seen: unknown[] = [];
  const left = [...answers];
  const http = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    seen.push({ method: request.method, path: request.url, type: request.headers['content-type'], body });
    const next = left.shift();
    if (typeof next === 'function') return next(response);
    response.writeHead(201).end(typeof next === 'string' ? next : JSON.stringify(next));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  const open = createOpenApi({ server: `http://127.0.0.1:${port}`, authorize: async () => ({}) });
  const { signal } = new AbortController();
  return { seen, review: (timeoutMs = 10_000) => reviewAccess(ASKED, { open, timeoutMs, signal }) };
}

test('the API server is asked whose token it is, and whether that user may get the path', async () => {
  const { seen, review } = await server(KNOWN, { status: { allowed: true } });
  expect(await review()).toEqual({ kind: 'allowed' });
  const { username, ...rest } = USER;
  expect(seen).toEqual([
    {
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      type: 'application/json',
      body: { spec: { token: 'a-token' } },
    },
    {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      type: 'application/json',
      body: {
        spec: {
          user: username,
          ...rest,
          nonResourceAttributes: { path: '/debug/snapshot', verb: 'get' },
        },
      },
    },
  ]);
});

test.each([
  [{ status: { authenticated: false } }],
  [{ status: {} }],
  [{ status: { authenticated: true } }],
  [{ status: { authenticated: true, user: {} } }],
  [{ status: { user: {}, error: 'no such token' } }],
  [{ status: { error: 'invalid bearer token', user: USER } }],
])('whoever is not known for certain is a stranger: %j', async (answer) => {
  const { seen, review } = await server(answer);
  expect(await review()).toEqual({ kind: 'stranger' });
  expect(seen.length).toBe(1);
});

test.each([[{ status: { allowed: false } }], [{ status: { allowed: true, denied: true } }]])(
  'a user who may not is refused by name: %j',
  async (answer) => {
    const { review } = await server(KNOWN, answer);
    expect(await review()).toEqual({ kind: 'forbidden', user: 'jane' });
  },
);

const forbidden = (response: ServerResponse) =>
  void response.writeHead(403).end(JSON.stringify({ kind: 'Status', message: 'serin cannot create it' }));

test.each([
  ['no TokenReview', [{ status: 'yes' }], 'the answer is no TokenReview'],
  ['no SubjectAccessReview', [KNOWN, { status: { allowed: 'yes' } }], 'the answer is no SubjectAccessReview'],
  ['no JSON, which may repeat the token', ['{"token":"a-token"'], 'the answer is no JSON'],
  ['a refusal', [forbidden], '403: serin cannot create it'],
  ['a refusal of the second', [KNOWN, forbidden], '403: serin cannot create it'],
] as const)('%s is a failure', async (_, answers, message) => {
  const { review } = await server(...answers);
  expect(await review()).toEqual({ kind: 'failed', message });
});

test('a failure is told without the token, whoever repeats it', async () => {
  const { review } = await server(
    (response) => void response.writeHead(400).end(JSON.stringify({ message: 'no a-token, a-token' })),
  );
  expect(await review()).toEqual({ kind: 'failed', message: '400: no (token), (token)' });
});

test('silence is a failure after a while', async () => {
  const { review } = await server(() => undefined);
  expect(await review(20)).toEqual({ kind: 'failed', message: 'no answer within 20 ms' });
});
