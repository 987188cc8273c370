import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { eventually } from '../sources/kubernetes/eventually.ts';
import type { FakeApi } from '../sources/kubernetes/fake-api-server.ts';
import { writePlainKubeconfig } from '../sources/kubernetes/kubeconfig.ts';
import { startCluster } from '../sources/kubernetes/test-cluster.ts';
import { readPage, startServing } from './serving.ts';

const ADMIN = '--admin-address=127.0.0.1:0';
const SNAPSHOT = '/debug/snapshot';

/** Serin on a fake cluster, with the ports that it took. */
async function serveCluster(api: FakeApi, ...argv: readonly string[]) {
  const kubeconfig = await writePlainKubeconfig(api.access.server);
  const serving = startServing(`--kubeconfig=${kubeconfig}`, '--pool-name=pool', ...argv);
  const { metricsPort, adminPort = 0 } = await serving.listening();
  return { ...serving, metricsPort, adminPort };
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}

/** Asks a port with any method and headers; gives the status and the text. */
function ask(port: number, { method = 'GET', headers = {}, path = SNAPSHOT }: Asked = {}) {
  return new Promise<readonly [number | undefined, string]>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { ...headers } }, (answer) => {
      text(answer).then((body) => resolve([answer.statusCode, body]), reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

const statusOf = async (...asked: Parameters<typeof ask>) => (await ask(...asked))[0];
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('in a cluster', () => {
  test('probes and metrics are on one port, and what people look at is on another', async () => {
    const { metricsPort, adminPort } = await serveCluster(await startCluster(), ADMIN);
    const pages = ['/metrics', '/healthz', '/readyz', SNAPSHOT, '/none'];
    const statuses = async (port: number) =>
      Promise.all(pages.map(async (path) => (await readPage(port, path)).status));
    await eventually(async () => expect(await statuses(metricsPort)).toEqual([200, 200, 200, 404, 404]));
    expect(await statuses(adminPort)).toEqual([404, 404, 404, 200, 404]);
    expect(await ask(metricsPort)).toEqual([404, 'pages: /metrics /healthz /readyz /windows\n']);
  });

  test('a name that was turned to this machine is refused, unless it is one of ours', async () => {
    const { adminPort, metricsPort } = await serveCluster(
      await startCluster(),
      ADMIN,
      '--admin-hosts=serin.llm.svc',
    );
    const by = (port: number, host: string, path?: string) =>
      statusOf(port, { headers: { host }, ...(path === undefined ? {} : { path }) });
    expect(await by(adminPort, 'evil.example:9091')).toBe(403);
    expect(await by(adminPort, 'serin.llm.svc:9091')).toBe(200);
    expect(await by(adminPort, 'localhost:8080')).toBe(200);
    // Prometheus and probes ask by any name.
    expect(await by(metricsPort, 'serin-metrics.example', '/healthz')).toBe(200);
  });

  test('nothing that would change something is answered', async () => {
    const { adminPort, metricsPort } = await serveCluster(await startCluster(), ADMIN);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const path of [SNAPSHOT, '/debug/none', '/']) {
        expect([method, path, await statusOf(adminPort, { method, path })]).toEqual([method, path, 403]);
      }
      expect(await statusOf(metricsPort, { method, path: '/metrics' })).toBe(405);
    }
  });

  test('an address that others can reach is refused at the start unless tokens are asked for', async () => {
    const { status, stderr } = startServing('--pool-name=pool', '--admin-address=0.0.0.0:0');
    expect(await status).toBe(2);
    expect(stderr).toEqual([
      'serin serve: --admin-address: 0.0.0.0 is not loopback, so it needs --admin-auth=token\n',
    ]);
  });
});

/** A cluster in which `good` may read, `poor` may not, and every other token is nobody's. */
async function startReviewingCluster(): Promise<FakeApi> {
  const api = await startCluster();
  const users = new Map([
    ['good', { username: 'jane' }],
    ['poor', { username: 'joe' }],
  ]);
  api.failWith(({ path, body = '{}' }) => {
    const review = JSON.parse(body).spec ?? {};
    const user = users.get(review.token);
    const { path: wanted, verb } = review.nonResourceAttributes ?? {};
    const status = path.endsWith('/tokenreviews')
      ? { authenticated: user !== undefined, user }
      : { allowed: review.user === 'jane' && wanted === SNAPSHOT && verb === 'get' };
    return /reviews$/.test(path) ? { status: 201, text: JSON.stringify({ status }) } : undefined;
  });
  return api;
}

describe('with --admin-auth=token', () => {
  test('people are let in by what the cluster says of them, and nobody else is', async () => {
    const serving = await serveCluster(await startReviewingCluster(), ADMIN, '--admin-auth=token');
    const { adminPort, metricsPort } = serving;
    expect(await ask(adminPort)).toEqual([401, 'a bearer token of the cluster is needed\n']);
    expect(await statusOf(adminPort, bearer('unknown'))).toBe(401);
    expect(await ask(adminPort, bearer('poor'))).toEqual([403, 'joe may not get /debug/snapshot\n']);
    expect(await statusOf(adminPort, bearer('good'))).toBe(200);
    expect(await statusOf(adminPort, { ...bearer('good'), method: 'HEAD' })).toBe(200);
    expect(await statusOf(adminPort, { ...bearer('good'), path: '/debug/none' })).toBe(403);
    expect(await statusOf(metricsPort, { path: '/metrics' })).toBe(200);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(await statusOf(adminPort, { method })).toBe(401);
      expect(await statusOf(adminPort, { ...bearer('good'), method })).toBe(403);
    }
  });

  test('an answer is asked for once in a while', async () => {
    const api = await startReviewingCluster();
    const { adminPort } = await serveCluster(api, ADMIN, '--admin-auth=token');
    for (let count = 0; count < 5; count += 1) expect(await statusOf(adminPort, bearer('good'))).toBe(200);
    expect(api.asked.filter(({ path }) => path.endsWith('reviews')).map(({ path }) => path)).toEqual([
      '/apis/authentication.k8s.io/v1/tokenreviews',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    ]);
  });

  test('nobody is let in while the API server is away, and the log says why', async () => {
    const api = await startReviewingCluster();
    const { adminPort, metricsPort, lines } = await serveCluster(api, ADMIN, '--admin-auth=token');
    api.failWith(({ path }) => (path.endsWith('reviews') ? { status: 500 } : undefined));
    expect(await ask(adminPort, bearer('good'))).toEqual([
      503,
      'the token could not be checked; the log says why\n',
    ]);
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 40,
        message: '500: fault 500',
        msg: 'a token could not be checked, so its holder was refused',
      }),
    );
    api.failWith(({ path }) => (path.endsWith('reviews') ? 'break' : undefined));
    expect(await statusOf(adminPort, bearer('good'))).toBe(503);
    expect(await statusOf(metricsPort, { path: '/healthz' })).toBe(200);
  });

  test('a process that finds no cluster does not start', async () => {
    const { status, stderr } = startServing(
      ...['--endpoints=127.0.0.1:1', '--admin-auth=token', ADMIN, '--kubeconfig=/none'],
    );
    expect(await status).toBe(1);
    expect(stderr).toEqual([expect.stringContaining('--kubeconfig: ')]);
  });
});

describe('on a machine of one’s own', () => {
  test('one port shows everything', async () => {
    const { metricsPort, adminPort } = await startServing('--endpoints=127.0.0.1:1').listening();
    expect(adminPort).toBe(undefined);
    expect([await statusOf(metricsPort), await statusOf(metricsPort, { path: '/metrics' })]).toEqual([
      200, 200,
    ]);
  });

  test('what people look at moves to an address of its own where one is given', async () => {
    const serving = startServing('--endpoints=127.0.0.1:1', ADMIN);
    const { metricsPort, adminPort = 0 } = await serving.listening();
    expect([await statusOf(metricsPort), await statusOf(adminPort)]).toEqual([404, 200]);
  });
});
