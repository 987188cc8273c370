import { describe, expect, test } from 'vitest';
import type { AdminRequest } from '../../src/server/admin.ts';
import { type Access, createAdminGuard, type Verdict } from '../../src/server/admin-guard.ts';

const REQUEST: AdminRequest = {
  method: 'GET',
  path: '/debug/snapshot',
  host: 'localhost:9091',
  authorization: undefined,
};

/** A guard that asks for tokens, and what it wanted to know. */
function withTokens(verdict: Verdict) {
  const asked: Access[] = [];
  const guard = createAdminGuard({
    hosts: [],
    open: new Set(['/']),
    authorize: async (access) => {
      asked.push(access);
      return verdict;
    },
  });
  return { asked, ask: (request: Partial<AdminRequest>) => guard({ ...REQUEST, ...request }) };
}

const authorization = 'Bearer a-token';

describe('without tokens', () => {
  const guard = createAdminGuard({
    hosts: ['serin.example.com'],
    open: new Set(['/']),
    authorize: undefined,
  });
  const byName = async (host: string | undefined) => (await guard({ ...REQUEST, host }))?.status ?? 200;

  test('a port may be asked by address, as localhost and by the names that it was given', async () => {
    const names = ['127.0.0.1:9091', '[::1]:9091', 'localhost', 'LOCALHOST:8080', 'serin.example.com:80'];
    expect(await Promise.all(names.map(byName))).toEqual(names.map(() => 200));
  });

  test('a name that a stranger may have turned to this machine is refused, and so is none', async () => {
    const names = [
      ...['evil.example', 'evil.example:9091', 'localhost.evil.example', '127.0.0.1.evil.example:9091'],
      ...['127.0.0.1@evil.example', '', undefined],
    ];
    expect(await Promise.all(names.map(byName))).toEqual(names.map(() => 403));
    expect(await guard({ ...REQUEST, host: 'evil.example' })).toEqual({
      status: 403,
      text: 'ask by IP address, localhost, or a name of --admin-hosts\n',
    });
  });

  test('nothing that changes something passes, whatever the path', async () => {
    const methods = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
    const passed = await Promise.all(methods.map((method) => guard({ ...REQUEST, method, path: '/any' })));
    const refused = { status: 403, text: 'what changes something needs --admin-auth=token\n' };
    expect(passed).toEqual(methods.map(() => refused));
  });
});

describe('with tokens', () => {
  test('a request without one is 401 and the cluster is not asked', async () => {
    const { asked, ask } = withTokens({ kind: 'allowed' });
    for (const given of [undefined, '', 'Bearer', 'Bearer  ', 'Basic YTpi', 'Bearer a b']) {
      const refusal = await ask({ authorization: given });
      expect(refusal).toEqual({ status: 401, text: 'a bearer token of the cluster is needed\n' });
    }
    expect(asked).toEqual([]);
  });

  test('what is open is read without one, by names that are trusted, and not changed', async () => {
    const { asked, ask } = withTokens({ kind: 'stranger' });
    expect(await ask({ path: '/' })).toBeUndefined();
    expect(await ask({ path: '/', method: 'HEAD' })).toBeUndefined();
    expect(await ask({ path: '/', method: 'POST' })).toMatchObject({ status: 401 });
    expect(await ask({ path: '/', host: 'evil.example' })).toMatchObject({ status: 403 });
    expect(asked).toEqual([]);
  });

  test('the name is looked at first', async () => {
    const { asked, ask } = withTokens({ kind: 'allowed' });
    expect(await ask({ host: 'evil.example', authorization })).toMatchObject({ status: 403 });
    expect(asked).toEqual([]);
  });

  test('the holder is let through if the cluster says so, for the verb and the path', async () => {
    const { asked, ask } = withTokens({ kind: 'allowed' });
    for (const method of ['GET', 'HEAD', 'POST']) {
      expect(await ask({ method, authorization })).toBeUndefined();
    }
    const access = { token: 'a-token', path: '/debug/snapshot' };
    expect(asked).toEqual([
      { ...access, verb: 'get' },
      { ...access, verb: 'get' },
      { ...access, verb: 'post' },
    ]);
  });

  test.each([
    [{ kind: 'stranger' }, 401, 'a bearer token of the cluster is needed\n'],
    [{ kind: 'forbidden', user: 'jane' }, 403, 'jane may not get /debug/snapshot\n'],
    [{ kind: 'failed' }, 503, 'the token could not be checked; the log says why\n'],
  ] as const)('%j is a no', async (verdict, status, text) => {
    expect(await withTokens(verdict).ask({ authorization })).toEqual({ status, text });
  });
});
