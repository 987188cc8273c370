import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { demoCommand } from '../../src/commands/demo.ts';
import { curlLine } from '../../src/demo/curl-line.ts';

const ROOT = join(import.meta.dirname, '../..');
const readme = await readFile(join(ROOT, 'README.md'), 'utf8');

test('the README shows the curl line that the demo prints', () => {
  expect(readme).toContain(curlLine(8080));
});

test('the README’s canary fits into the example', async () => {
  const block = /```yaml\n( {2}targetModels:\n[^`]+)```/.exec(readme)?.[1] ?? '';
  const example = await readFile(join(ROOT, 'examples/multi-lora/inferencemodel.yaml'), 'utf8');
  const edited = example.slice(0, example.indexOf('  targetModels:')) + block;
  expect(parse(edited).spec.targetModels).toEqual([
    { name: 'sql-lora', weight: 90 },
    { name: 'sql-lora-1', weight: 10 },
  ]);
});

test('the README lists every option of the demo with its default', () => {
  const io = { stdout: { write: () => {} }, stderr: { write: () => {} }, env: {}, exit: () => {} };
  const command = demoCommand({ ...io, signal: new AbortController().signal });
  const table = /option of `serin demo`(?:.+\n)*/.exec(readme)?.[0] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('| `--'));
  for (const option of command.options) {
    const row = rows.find((line) => line.startsWith(`| \`${option.long}`));
    expect(row, option.long).toBeDefined();
    if (typeof option.defaultValue === 'number') expect(row).toContain(`(${option.defaultValue})`);
  }
  expect(rows).toHaveLength(command.options.length);
});
