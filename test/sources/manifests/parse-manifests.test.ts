import { describe, expect, test } from 'vitest';
import { parseManifests } from '../../../src/sources/manifests/parse-manifests.ts';
import { formatProblem } from '../../../src/sources/problems/problem.ts';

function objective(name: string, priority: string | number = 1): string {
  return `apiVersion: llm-d.ai/v1alpha2
kind: InferenceObjective
metadata: { name: ${name} }
spec: { poolRef: { name: pool }, priority: ${priority} }
`;
}

function read(text: string, path = 'm.yaml') {
  const { items, broken, skipped } = parseManifests(path, text, 'llm');
  return {
    good: items.flatMap((item) => (item.kind === 'good' ? [[item.id, item.place.line]] : [])),
    bad: items.flatMap((item) =>
      item.kind === 'bad' ? [[item.id, ...item.problems.map(formatProblem)]] : [],
    ),
    broken: broken.map(formatProblem),
    skipped,
  };
}

describe('parseManifests', () => {
  test('reads every document, in the default namespace if it names none', () => {
    const text = `${objective('a')}---\n# nothing\n---\n${objective('b').replace('name: b', 'name: b, namespace: x')}`;
    expect(read(text)).toEqual({
      good: [
        ['InferenceObjective llm/a', 1],
        ['InferenceObjective x/b', 8],
      ],
      bad: [],
      broken: [],
      skipped: [],
    });
  });

  test('reads JSON', () => {
    const json = JSON.stringify(
      {
        apiVersion: 'llm-d.ai/v1alpha2',
        kind: 'InferenceObjective',
        metadata: { name: 'a' },
        spec: { poolRef: { name: 'p' } },
      },
      null,
      '\t',
    );
    expect(read(json, 'm.json').good).toEqual([['InferenceObjective llm/a', 1]]);
  });

  test('unpacks lists, with places inside them', () => {
    const items = [objective('a'), objective('b', 'high'), 'apiVersion: v1\nkind: Secret\n'].map((text) =>
      text.trimEnd().replaceAll('\n', '\n  '),
    );
    const text = `apiVersion: v1\nkind: List\nitems:\n${items.map((item) => `- ${item}\n`).join('')}`;
    expect(read(text)).toEqual({
      good: [['InferenceObjective llm/a', 4]],
      bad: [['InferenceObjective llm/b', 'm.yaml:11:36: spec.priority: must be an integer, not "high"']],
      broken: [],
      skipped: ['Secret'],
    });
  });

  test('holds an object without a name against its file, since nobody knows which one it is', () => {
    expect(read(`${objective('a')}---\n${objective('')}`)).toEqual({
      good: [['InferenceObjective llm/a', 1]],
      bad: [],
      broken: ['m.yaml:8:13: metadata.name: must be a string, not empty'],
      skipped: [],
    });
  });

  test('reads the other documents of a file with one that is no YAML', () => {
    expect(read(`a: [\n---\n${objective('a')}`)).toMatchObject({
      good: [['InferenceObjective llm/a', 3]],
      broken: [expect.stringMatching(/^m\.yaml:2:1: /)],
    });
  });
});
