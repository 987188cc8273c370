import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster(['nobody']);
});
afterAll(() => cluster.stop());

const POLICY = `
apiVersion: v1
kind: ConfigMap
metadata:
  name: kept
`;

describe('the API server of the suite', () => {
  it('takes what the administrator applies', async () => {
    expect(await cluster.apply(POLICY)).toMatchObject({ code: 0, stdout: 'configmap/kept created\n' });
  });

  it('gives a user no right that was not granted', async () => {
    const nobody = await cluster.as(cluster.server.token('nobody'));
    expect(await nobody('get', 'pods')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('User "nobody" cannot list resource "pods"'),
    });
  });

  it('gives a service account a token with what its roles allow', async () => {
    const { kubectl } = cluster;
    await kubectl('create', 'serviceaccount', 'reader');
    await kubectl('create', 'role', 'pods', '--verb=list', '--resource=pods');
    await kubectl('create', 'rolebinding', 'pods', '--role=pods', '--serviceaccount=default:reader');
    const token = (await kubectl('create', 'token', 'reader')).stdout.trim();
    const reader = await cluster.as(token);
    expect((await reader('get', 'pods')).code).toBe(0);
    expect((await reader('get', 'secrets')).code).toBe(1);
  });

  it('keeps its objects when it is killed and started again', async () => {
    await cluster.server.kill();
    expect((await cluster.kubectl('get', 'configmap', 'kept')).code).toBe(1);
    await cluster.server.restart();
    expect((await cluster.kubectl('get', 'configmap', 'kept')).code).toBe(0);
  });
});
