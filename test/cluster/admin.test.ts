import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { type LiveSerin, serveOn } from './live-serin.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(['serin', 'reader', 'nobody']);
});
afterAll(() => cluster.stop());

/** What `/debug/snapshot` answers to a token. */
async function ask({ adminPort }: LiveSerin, token: string | undefined, method = 'GET') {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(`http://127.0.0.1:${adminPort}/debug/snapshot`, { method, headers });
  return [answer.status, answer.status === 200 ? '' : await answer.text()];
}

test('the holder of a token sees what RBAC lets its user get, once Serin may ask', async () => {
  const { kubectl, server } = cluster;
  const argv = ['--pool-name=pool', '--admin-auth=token'];
  const serin = await serveOn(cluster, { user: 'serin', argv });
  const reader = server.token('reader');
  // Without the right to ask, Serin lets nobody in, the administrator neither.
  const unchecked = [503, 'the token could not be checked; the log says why\n'];
  expect([await ask(serin, reader), await ask(serin, server.token('admin'))]).toEqual([unchecked, unchecked]);

  const delegator = ['serin-delegator', '--clusterrole=system:auth-delegator', '--user=serin'];
  await kubectl('create', 'clusterrolebinding', ...delegator);
  const refused = [403, 'reader may not get /debug/snapshot\n'];
  await eventually(async () => expect(await ask(serin, reader)).toEqual(refused));
  expect(await ask(serin, undefined)).toEqual([401, 'a bearer token of the cluster is needed\n']);
  expect(await ask(serin, 'made-up')).toEqual([401, 'a bearer token of the cluster is needed\n']);
  expect(await ask(serin, server.token('admin'))).toEqual([200, '']);

  await kubectl('create', 'clusterrole', 'debug', '--verb=get', '--non-resource-url=/debug/*');
  await kubectl('create', 'clusterrolebinding', 'debug', '--clusterrole=debug', '--user=reader');
  await eventually(async () => expect(await ask(serin, reader)).toEqual([200, '']));
  expect(await ask(serin, reader, 'DELETE')).toEqual([403, 'reader may not delete /debug/snapshot\n']);
  expect(await ask(serin, server.token('nobody'))).toEqual([403, 'nobody may not get /debug/snapshot\n']);
});

test('a token of a service account is one too', async () => {
  const { kubectl } = cluster;
  await kubectl('create', 'serviceaccount', 'prometheus');
  const { stdout } = await kubectl('create', 'token', 'prometheus');
  const serin = await serveOn(cluster, { argv: ['--pool-name=pool', '--admin-auth=token'] });
  const user = 'system:serviceaccount:default:prometheus';
  const token = stdout.trim();
  expect(await ask(serin, token)).toEqual([403, `${user} may not get /debug/snapshot\n`]);
  const role = ['--clusterrole=debug', '--serviceaccount=default:prometheus'];
  await kubectl('create', 'clusterrole', 'debug', '--verb=get', '--non-resource-url=/debug/*');
  await kubectl('create', 'clusterrolebinding', 'prometheus-debug', ...role);
  await eventually(async () => expect(await ask(serin, token)).toEqual([200, '']));
});
