import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Cluster, type Kubectl, startCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { modelOf, serveOn } from './live-serin.ts';

const MANIFESTS = join(import.meta.dirname, '../../manifests');
/** Namespaces, and the components with which Serin is in each. */
const INSTALLED = {
  plain: [],
  one: ['status', 'admin-token'],
  all: ['status', 'cluster-wide'],
} as const;
type Namespace = keyof typeof INSTALLED;

const WRITTEN = [
  'inferencemodels.inference.networking.x-k8s.io',
  'inferencemodelrewrites.inference.networking.x-k8s.io',
  'inferencemodelrewrites.llm-d.ai',
];
const LEASES = 'leases.coordination.k8s.io';
const POOL_LEASE = `${LEASES}/serin-status-vllm-llama2-7b-pool`;
const REVIEWS = ['tokenreviews.authentication.k8s.io', 'subjectaccessreviews.authorization.k8s.io'];

let cluster: Cluster;
let folder: string;
beforeAll(async () => {
  cluster = await startCluster(['reader', 'nobody']);
  folder = await mkdtemp(join(tmpdir(), 'serin-rights-'));
  const { kubectl } = cluster;
  await kubectl('create', '-k', join(MANIFESTS, 'crds'));
  await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
  await kubectl('create', 'namespace', 'elsewhere');
  for (const [namespace, components] of Object.entries(INSTALLED)) await install(namespace, components);
});
afterAll(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true });
});

async function install(namespace: string, components: readonly string[]): Promise<void> {
  const own = join(folder, namespace);
  const to = (path: string) => relative(own, join(MANIFESTS, path));
  const text = {
    namespace,
    resources: [to('serin')],
    components: components.map((name) => to(`components/${name}`)),
  };
  await cluster.kubectl('create', 'namespace', namespace);
  await mkdir(own);
  await writeFile(join(own, 'kustomization.yaml'), stringify(text));
  expect(await cluster.kubectl('apply', '-k', own)).toMatchObject({ code: 0, stderr: '' });
}

async function accountToken(namespace: Namespace): Promise<string> {
  return (await cluster.kubectl('create', 'token', 'serin', '-n', namespace)).stdout.trim();
}

/** What of some verbs somebody may do with a resource or a path. */
async function allowed(
  kubectl: Kubectl,
  verbs: readonly string[],
  what: readonly string[],
): Promise<readonly string[]> {
  const answers = await Promise.all(verbs.map((verb) => kubectl('auth', 'can-i', verb, ...what)));
  return verbs.filter((_, index) => answers[index]?.stdout.trim() === 'yes');
}

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** What Serin, as installed in a namespace, may do with a resource in that or in another namespace. */
async function rights(namespace: Namespace, resource: string, ...flags: readonly string[]) {
  const serin = await cluster.as(await accountToken(namespace));
  return allowed(serin, VERBS, [resource, '-n', namespace, ...flags]);
}

describe('Serin without a component', () => {
  it.each(WRITTEN)('may not write the status of %s', async (resource) => {
    expect(await rights('plain', resource, '--subresource=status')).toEqual([]);
  });

  it.each([LEASES, ...REVIEWS])('may do nothing with %s', async (resource) => {
    expect(await rights('plain', resource)).toEqual([]);
  });
});

describe('the component status', () => {
  it.each(WRITTEN)(
    'lets Serin patch the status of %s in its namespace, and no more of it',
    async (resource) => {
      expect(await rights('one', resource, '--subresource=status')).toEqual(['patch']);
      expect(await rights('one', resource)).toEqual(['list', 'watch']);
      expect(await rights('one', resource, '--subresource=status', '-n', 'elsewhere')).toEqual([]);
    },
  );

  it.each(WRITTEN)(
    'lets Serin patch the status of %s everywhere if it serves every pool',
    async (resource) => {
      expect(await rights('all', resource, '--subresource=status', '-n', 'elsewhere')).toEqual(['patch']);
      expect(await rights('all', resource, '-n', 'elsewhere')).toEqual(['list', 'watch']);
    },
  );

  it('lets Serin have its own lease and no other', async () => {
    expect(await rights('one', POOL_LEASE)).toEqual(['get', 'create', 'patch']);
    expect(await rights('all', `${LEASES}/serin-status`)).toEqual(['get', 'create', 'patch']);
    expect(await rights('one', LEASES)).toEqual(['create']);
    expect(await rights('one', `${LEASES}/another`)).toEqual(['create']);
    expect(await rights('all', LEASES, '-n', 'elsewhere')).toEqual([]);
  });

  it('is enough to write conditions with', async () => {
    const { server, kubectl, apply } = cluster;
    const model = modelOf({ 'sql-lora': 1 }).replace('name: pool', 'name: vllm-llama2-7b-pool');
    expect(await apply(model, '-n', 'one')).toMatchObject({ code: 0 });
    const kubeconfig = await server.writeKubeconfig(await accountToken('one'));
    const argv = [...(await shippedArgs('one')), '--pool-namespace=one'];
    await serveOn(cluster, { kubeconfig, argv });
    const path = 'jsonpath={.status.conditions[*].type}';
    await eventually(async () => {
      const { stdout } = await kubectl('get', WRITTEN[0] ?? '', 'm', '-n', 'one', '-o', path);
      expect(stdout.split(' ')).toContain('Accepted');
    });
    const leases = await kubectl('get', 'leases', '-A', '-o', 'name');
    expect(leases.stdout).toContain('serin-status-vllm-llama2-7b-pool');
  });
});

/** Which pods to serve and what to write, as an installed Deployment has it. */
async function shippedArgs(namespace: Namespace): Promise<readonly string[]> {
  const path = 'jsonpath={.spec.template.spec.containers[0].args}';
  const { stdout } = await cluster.kubectl('get', 'deployment', 'serin', '-n', namespace, '-o', path);
  const args: readonly string[] = JSON.parse(stdout);
  return args.filter((arg) => /^--(pool-name|write-status|admin-auth)/.test(arg));
}

describe('the component admin-token', () => {
  beforeAll(async () => {
    const role = ['--clusterrole=serin-debug', '--user=reader'];
    await cluster.kubectl('create', 'clusterrolebinding', 'readers', ...role);
  });

  it.each(REVIEWS)('lets Serin create %s, and no more', async (resource) => {
    expect(await rights('one', resource)).toEqual(['create']);
  });

  it('has a role for people that opens the pages of Serin and none of the API server', async () => {
    const reader = await cluster.as(cluster.server.token('reader'));
    expect(await allowed(reader, VERBS, ['/debug/snapshot'])).toEqual(['get']);
    expect(await allowed(reader, VERBS, ['/debug/pprof/heap'])).toEqual([]);
  });

  it('is enough to let in whom that role is bound to', async () => {
    const { server } = cluster;
    const kubeconfig = await server.writeKubeconfig(await accountToken('one'));
    const argv = [...(await shippedArgs('one')), '--pool-namespace=one'];
    const { adminPort } = await serveOn(cluster, { kubeconfig, argv });
    const statusFor = async (user: string) => {
      const headers = { authorization: `Bearer ${server.token(user)}` };
      return (await fetch(`http://127.0.0.1:${adminPort}/debug/snapshot`, { headers })).status;
    };
    await eventually(async () =>
      expect([await statusFor('reader'), await statusFor('nobody')]).toEqual([200, 403]),
    );
  });
});
