import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createShell } from '../../scripts/docker/shell.ts';
import { setting } from './cluster.ts';

const ROOT = join(import.meta.dirname, '../..');
const GATEWAY = join(ROOT, 'manifests/gateway/envoy.yaml');

interface EnvoyConfig {
  readonly static_resources: {
    readonly listeners: readonly unknown[];
    readonly clusters: readonly { readonly name: string }[];
  };
}

function read(path: string): EnvoyConfig {
  return parse(readFileSync(path, 'utf8')) as EnvoyConfig;
}

describe("the gateway's Envoy", () => {
  it('takes its config', async () => {
    const shell = createShell(process.env, new AbortController().signal);
    const checked = await shell.try(setting('SERIN_ENVOY'), ['--mode', 'validate', '-c', GATEWAY]);
    expect(checked).toMatchObject({ code: 0 });
  });

  it('is the one of envoy/envoy.yaml but for the way to Serin', () => {
    const [ours, theirs] = [read(GATEWAY), read(join(ROOT, 'envoy/envoy.yaml'))];
    const others = (config: EnvoyConfig) => {
      const { clusters, ...rest } = config.static_resources;
      return {
        ...config,
        static_resources: { ...rest, clusters: clusters.filter(({ name }) => name !== 'serin') },
      };
    };
    expect(others(ours)).toEqual(others(theirs));
  });

  it('goes to the replicas by the name of their Service', () => {
    const serin = read(GATEWAY).static_resources.clusters.find(({ name }) => name === 'serin');
    expect(JSON.stringify(serin)).toContain('{"address":"serin-replicas","port_value":9002}');
  });
});
