import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { adminPort } from '../../src/config/admin-port.ts';
import { clusterScope } from '../../src/config/cluster-scope.ts';
import { type Config, parseConfig } from '../../src/config/config.ts';
import { leaseNameOf } from '../../src/sources/kubernetes/status/lease.ts';

const MANIFESTS = join(import.meta.dirname, '../../manifests');
const read = (path: string) => readFileSync(join(MANIFESTS, path), 'utf8');
const documents = (path: string) => parseAllDocuments(read(path)).map((document) => document.toJS());

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value: string;
}

/** What Serin makes of its command line as shipped, with what a component adds to it. */
function configWith(component?: string): Config {
  const [container] = parse(read('serin/deployment.yaml')).spec.template.spec.containers;
  const [command, ...flags] = [...container.args, ...(component === undefined ? [] : addedBy(component))];
  const parsed = parseConfig(flags, {});
  if (command !== 'serve' || parsed.kind === 'invalid') throw new Error(`not a command line: ${flags}`);
  return parsed.config;
}

function addedBy(component: string): readonly string[] {
  const { patches } = parse(read(`components/${component}/kustomization.yaml`));
  const operations: readonly Operation[] = patches.flatMap(({ patch }: { patch: string }) => parse(patch));
  return operations.flatMap(({ path, value }) => (path.endsWith('/args/-') ? [value] : []));
}

describe('manifests/serin', () => {
  it('writes no status, and shows /debug on the loopback address alone', () => {
    const { writeStatus, adminAuth } = configWith();
    expect([writeStatus, adminAuth, adminPort(configWith())]).toEqual([
      false,
      'none',
      { host: '127.0.0.1', port: 9091 },
    ]);
  });
});

describe('the component status', () => {
  it('has Serin write status', () => {
    expect(configWith('status')).toMatchObject({ writeStatus: true });
  });

  it('names the leases of the shipped pool and of all pools', () => {
    const scopes = [clusterScope(configWith()), { kind: 'all', namespaces: [] } as const];
    const names = scopes.map((scope) => scope && leaseNameOf(scope));
    const [role] = documents('components/status/role.yaml');
    expect(role.rules[0].resourceNames).toEqual(names);
  });
});

describe('the component access-log', () => {
  it('has Serin learn of requests from the access log', () => {
    expect([configWith().responseSignals, configWith('access-log').responseSignals]).toEqual([
      'stream',
      'access-log',
    ]);
  });
});

describe('the component force-include-usage', () => {
  it('has vLLM tell the tokens of every stream, as the simulator does', () => {
    const added = ['--enable-force-include-usage'];
    expect(addedBy('force-include-usage')).toEqual(added);
    const [simulator] = parse(read('seed-no-gpu/simulator.yaml')).spec.template.spec.containers;
    expect(simulator.args).toEqual(expect.arrayContaining(added));
  });
});
