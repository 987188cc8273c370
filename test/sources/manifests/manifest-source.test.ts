import { cp, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PolicyObject } from '../../../src/core/policy.ts';
import { createManifestSource } from '../../../src/sources/manifests/manifest-source.ts';
import { eventually, makeFolder, QUICK, remember, start } from '../files/following.ts';

const EXAMPLES = new URL('../../../examples/', import.meta.url);

async function follow(example: string) {
  const folder = await makeFolder();
  await cp(new URL(example, EXAMPLES), folder, { recursive: true });
  const published: (readonly PolicyObject[])[] = [];
  const { report, told, summaries } = remember(folder);
  const source = createManifestSource({
    paths: [folder],
    defaultNamespace: 'default',
    publish: (objects) => published.push(objects),
    report,
    timing: QUICK,
  });
  start(source);
  await source.firstRead;
  const last = () => published.at(-1) ?? [];
  const edit = async (file: string, change: (text: string) => string) => {
    const path = join(folder, file);
    await writeFile(`${path}.tmp`, change(await readFile(path, 'utf8')));
    await rename(`${path}.tmp`, path);
  };
  return { folder, last, edit, told, summaries };
}

function weightsOf(objects: readonly PolicyObject[]): readonly number[] {
  return objects.flatMap((object) =>
    object.kind === 'model' ? object.targets.map(({ weight }) => weight) : [],
  );
}

describe('createManifestSource', () => {
  test('reads the seed scenario: a pool, ten targets of equal weight, and a host', async () => {
    const { last, summaries } = await follow('multi-lora');
    expect(last().map((object) => object.kind)).toEqual(['model', 'pool', 'route']);
    expect(weightsOf(last())).toEqual(Array(10).fill(10));
    expect(summaries).toEqual([{ files: 3, objects: 3, problems: 0, skipped: new Map() }]);
  });

  test('reads the canary of one adapter', async () => {
    const { last } = await follow('canary');
    expect(last()).toMatchObject([
      { kind: 'pool', ports: [8000] },
      {
        kind: 'rewrite',
        rules: [
          {
            matches: ['sql-lora'],
            targets: [
              { name: 'sql-lora', weight: 90 },
              { name: 'sql-lora-2', weight: 10 },
            ],
          },
        ],
      },
    ]);
  });

  test('takes new weights while it runs', async () => {
    const { last, edit } = await follow('multi-lora');
    await edit('inferencemodel.yaml', (text) =>
      text.replaceAll(/(tweet.*\n.*weight:) 10/g, '$1 2').replaceAll('10', '18'),
    );
    await eventually(() => expect(weightsOf(last())).toEqual([2, 2, 2, 2, 2, 18, 18, 18, 18, 18]));
  });

  test('keeps the last good version of a model with mixed weights, and takes the host of the same edit', async () => {
    const { folder, last, edit, told } = await follow('multi-lora');
    await edit('inferencemodel.yaml', (text) => text.replace('    weight: 10\n', ''));
    await edit('llmroute.yaml', (text) => text.replace('test.com\n  rules', 'other.com\n  rules'));
    await eventually(() => expect(last()).toContainEqual(expect.objectContaining({ host: 'other.com' })));
    await eventually(() => expect(told).toHaveLength(1));
    expect(told).toEqual([
      'problem inferencemodel.yaml:14:5: spec.targetModels[0].weight: is missing, but other targets of this list have one: give all of them a weight, or none',
    ]);
    expect(weightsOf(last())).toEqual(Array(10).fill(10));
    await unlink(join(folder, 'inferencemodel.yaml'));
    await eventually(() => expect(weightsOf(last())).toEqual([]));
    expect(told).toHaveLength(2);
  });

  test('refuses the names of a model that never was valid', async () => {
    const { folder, last } = await follow('canary');
    const model = await readFile(new URL('multi-lora/inferencemodel.yaml', EXAMPLES), 'utf8');
    await writeFile(join(folder, 'new.yaml'), model.replace('weight: 10', 'weight: ten'));
    await eventually(() =>
      expect(last()).toContainEqual(
        expect.objectContaining({ kind: 'invalid', modelNames: ['lora-request'] }),
      ),
    );
  });
});
