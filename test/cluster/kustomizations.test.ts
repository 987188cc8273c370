import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { createShell } from '../../scripts/docker/shell.ts';
import { adminPort } from '../../src/config/admin-port.ts';
import { clusterScope } from '../../src/config/cluster-scope.ts';
import { parseConfig } from '../../src/config/config.ts';
import { parseManifests } from '../../src/sources/manifests/parse-manifests.ts';
import { type Cluster, setting, startCluster, upstreamCrds } from './cluster.ts';

const ROOT = join(import.meta.dirname, '../..');
const MANIFESTS = join(ROOT, 'manifests');
const BASES = ['serin', 'seed', 'seed-canary', 'seed-no-gpu', 'gateway', 'grafana'];
const COMPONENTS = [
  'access-log',
  'admin-token',
  'admission',
  'autoscaling',
  'cluster-wide',
  'force-include-usage',
  'monitoring',
  'status',
  'user-roles',
];
/** What changes the pods of vLLM, not Serin's. */
const OF_VLLM = 'force-include-usage';

let cluster: Cluster;
let folder: string;

beforeAll(async () => {
  cluster = await startCluster();
  folder = await mkdtemp(join(tmpdir(), 'serin-kustomize-'));
  const { kubectl } = cluster;
  const v1Pool = join(upstreamCrds('v1.5.0'), 'inference.networking.k8s.io_inferencepools.yaml');
  await kubectl('create', '-k', join(MANIFESTS, 'crds'));
  await kubectl('create', '-f', v1Pool);
  for (const kind of ['servicemonitors', 'podmonitors', 'prometheusrules']) {
    await kubectl(
      'create',
      '-f',
      join(upstreamCrds('prometheus-operator'), `monitoring.coreos.com_${kind}.yaml`),
    );
  }
  await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
});
afterAll(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true });
});

/** A kustomization of a user's own: Serin with some components. */
async function withComponents(...components: readonly string[]): Promise<string> {
  const own = await mkdtemp(join(folder, 'own-'));
  const to = (path: string) => relative(own, join(MANIFESTS, path));
  const resources = components.includes(OF_VLLM) ? [to('serin'), to('seed')] : [to('serin')];
  const text = { resources, components: components.map((name) => to(`components/${name}`)) };
  await writeFile(join(own, 'kustomization.yaml'), stringify(text));
  return own;
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly unknown[];
}

/** Serin's container, with a component. */
async function containerWith(component: string): Promise<Container> {
  const shell = createShell(process.env, new AbortController().signal);
  const path = await withComponents(component);
  const text = await shell.run(setting('SERIN_KUBECTL'), ['kustomize', path]);
  const documents = parseAllDocuments(text).map((document) => document.toJS());
  return documents.find(({ kind }) => kind === 'Deployment').spec.template.spec.containers[0];
}

function dryRun(path: string) {
  const flags = ['--server-side', '--dry-run=server', '--validate=strict'];
  return cluster.kubectl('apply', '-k', path, ...flags);
}

describe('the kustomizations', () => {
  it('are all known to this test', async () => {
    const entries = await readdir(MANIFESTS, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const others = ['argocd', 'chart', 'components', 'crds', 'istio', 'prometheus'];
    expect(names.toSorted()).toEqual([...BASES, ...others].toSorted());
    expect((await readdir(join(MANIFESTS, 'components'))).toSorted()).toEqual(COMPONENTS);
  });

  it.each(BASES)('manifests/%s is taken by the server without a warning', async (name) => {
    expect(await dryRun(join(MANIFESTS, name))).toMatchObject({ code: 0, stderr: '' });
  });

  it.each(COMPONENTS)('the component %s is taken by the server without a warning', async (name) => {
    expect(await dryRun(await withComponents(name))).toMatchObject({ code: 0, stderr: '' });
  });

  it('all components go together', async () => {
    expect(await dryRun(await withComponents(...COMPONENTS))).toMatchObject({ code: 0, stderr: '' });
  });

  it('the component cluster-wide has Serin serve every pool', async () => {
    const [command, ...flags] = (await containerWith('cluster-wide')).args;
    const parsed = parseConfig(flags, {});
    if (parsed.kind === 'invalid') throw new Error(parsed.problems.join());
    expect([command, clusterScope(parsed.config)]).toEqual(['serve', { kind: 'all', namespaces: [] }]);
  });

  it('the component admin-token has people ask Serin with tokens, by the name of its Service', async () => {
    const { args, env, ports } = await containerWith('admin-token');
    const hosts = env.find(({ name }) => name === 'SERIN_ADMIN_HOSTS')?.value ?? '';
    const parsed = parseConfig(args.slice(1), {
      SERIN_ADMIN_HOSTS: hosts.replaceAll('$(SERIN_POOL_NAMESPACE)', 'llm'),
    });
    if (parsed.kind === 'invalid') throw new Error(parsed.problems.join());
    const { adminAuth, adminHosts } = parsed.config;
    expect([adminPort(parsed.config), adminAuth]).toEqual([{ host: '0.0.0.0', port: 9091 }, 'token']);
    expect(adminHosts).toContain('serin-admin.llm.svc');
    expect(ports).toContainEqual({ name: 'http-admin', containerPort: 9091 });
  });

  it('file mode is taken by the server without a warning', async () => {
    const flags = ['--server-side', '--dry-run=server', '--validate=strict'];
    const applied = await cluster.kubectl('apply', '-f', join(MANIFESTS, 'file-mode.yaml'), ...flags);
    expect(applied).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([...BASES, 'crds'])('manifests/%s keeps to the published schemas', async (name) => {
    const shell = createShell(process.env, new AbortController().signal);
    const file = join(folder, `${name}.yaml`);
    await writeFile(file, await shell.run(setting('SERIN_KUBECTL'), ['kustomize', join(MANIFESTS, name)]));
    const program = join(setting('SERIN_VALIDATORS'), 'kubernetes-validate');
    const checked = await shell.try(program, ['-k', '1.34', '--strict', '--quiet', '--no-warn', file]);
    expect(checked).toMatchObject({ code: 0, stdout: '' });
  });

  it('run their pods as the restricted security standard wants it', async () => {
    const { kubectl } = cluster;
    await kubectl('create', 'namespace', 'strict');
    await kubectl('label', 'namespace', 'strict', 'pod-security.kubernetes.io/warn=restricted');
    const warnings: string[] = [];
    for (const name of ['serin', 'gateway', 'seed-no-gpu', 'seed']) {
      const own = await mkdtemp(join(folder, 'strict-'));
      const text = { namespace: 'strict', resources: [relative(own, join(MANIFESTS, name))] };
      await writeFile(join(own, 'kustomization.yaml'), stringify(text));
      warnings.push((await dryRun(own)).stderr);
    }
    // The last one shows that the server does look: the scenario's own vLLM runs as root.
    expect(warnings).toEqual(['', '', '', expect.stringContaining('would violate PodSecurity')]);
  });
});

describe("the seed's objects", () => {
  it.each(['inferencepool.yaml', 'inferencemodel.yaml', 'llmroute.yaml'])(
    '%s is the one of the examples',
    async (name) => {
      const [here, there] = await Promise.all(
        ['manifests/seed', 'examples/multi-lora'].map((path) => readFile(join(ROOT, path, name), 'utf8')),
      );
      expect(here).toBe(there);
    },
  );

  it('split nine to one between the groups in the next step of the canary', async () => {
    const text = await readFile(join(MANIFESTS, 'seed-canary/inferencemodel.yaml'), 'utf8');
    const [item] = parseManifests('canary', text, 'default').items;
    if (item?.kind !== 'good' || item.value.kind !== 'model') throw new Error('no model');
    const { targets } = item.value;
    const weightOf = (group: string) =>
      targets.filter(({ name }) => name.startsWith(group)).reduce((sum, { weight }) => sum + weight, 0);
    expect([targets.length, weightOf('sql-lora'), weightOf('tweet-summary')]).toEqual([10, 90, 10]);
  });
});

describe('the rights of Serin', () => {
  let can: (verb: string, resource: string, namespace: string) => Promise<string>;
  beforeAll(async () => {
    const { kubectl } = cluster;
    await kubectl('create', 'namespace', 'elsewhere');
    expect(await kubectl('apply', '-k', join(MANIFESTS, 'serin'))).toMatchObject({ code: 0 });
    const token = (await kubectl('create', 'token', 'serin')).stdout.trim();
    const serin = await cluster.as(token);
    can = async (verb, resource, namespace) =>
      (await serin('auth', 'can-i', verb, resource, '-n', namespace)).stdout.trim();
  });

  it.each([
    'pods',
    'inferencepools.inference.networking.k8s.io',
    'inferencepools.inference.networking.x-k8s.io',
    'inferencemodels.inference.networking.x-k8s.io',
    'inferencemodelrewrites.inference.networking.x-k8s.io',
    'inferencemodelrewrites.llm-d.ai',
    'inferenceobjectives.inference.networking.x-k8s.io',
    'inferenceobjectives.llm-d.ai',
    'llmroutes.istio.alibabacloud.com',
  ])('are to list and watch %s in its namespace, and no more', async (resource) => {
    const here = ['list', 'watch', 'get', 'create', 'update', 'patch', 'delete'];
    expect(await Promise.all(here.map((verb) => can(verb, resource, 'default')))).toEqual([
      'yes',
      'yes',
      'no',
      'no',
      'no',
      'no',
      'no',
    ]);
    expect(await can('list', resource, 'elsewhere')).toBe('no');
  });

  it.each(['secrets', 'configmaps', 'services', 'nodes'])('do not include %s', async (resource) => {
    expect(await can('get', resource, 'default')).toBe('no');
  });
});
