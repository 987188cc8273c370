import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FLAGS } from '../../src/config/flags.ts';
import { kustomized, withComponents } from './kustomized.ts';

const ROOT = join(import.meta.dirname, '../..');
const text = readFileSync(join(ROOT, 'docs/istio.md'), 'utf8');

describe('docs/istio.md', () => {
  it('names files of the project that are there', () => {
    const paths = [...text.matchAll(/(?<![\w/])((?:manifests|examples|docs)\/[\w./-]*[\w])/g)].map(
      ([, path = '']) => path,
    );
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(paths.length).toBeGreaterThan(20);
  });

  it('names no flag that neither Serin nor the tool beside it has', () => {
    const names: readonly string[] = Object.values(FLAGS).map(({ name }) => name);
    const ofOthers = ['envoy-admin', 'serin', 'kubeconfig', 'response-signals', 'enable-force-include-usage'];
    const named = [...text.matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !names.includes(name) && !ofOthers.includes(name))).toEqual([]);
  });

  it('goes through every step of the guide', () => {
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
    expect(headings).toEqual(
      expect.arrayContaining([
        'The gateway, the switch, the pool and the route',
        'The model',
        'Verify',
        '90 % and 10 %',
        'Observe',
      ]),
    );
  });

  it('combines components as kustomize takes them', () => {
    const [, shown = ''] = /```yaml\n(resources: .*?)```/s.exec(text) ?? [];
    const { resources, components } = parse(shown);
    const objects = (resources as readonly string[]).flatMap((folder) => kustomized(join(ROOT, folder)));
    const own = withComponents(
      join(ROOT, resources[0]),
      (components as readonly string[]).map((name) => join(ROOT, name)),
    );
    expect(own.map(({ kind }) => kind)).toContain('Telemetry');
    expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'EnvoyFilter']));
  });
});
