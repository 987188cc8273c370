import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readPage, startServing } from '../integration/serving.ts';

const FILES = ['components/admin-token/rbac.yaml', 'chart/templates/admin-token.yaml'];

test('the role for people who look names every page below /debug, and no other', async () => {
  const { metricsPort } = await startServing('--endpoints=127.0.0.1:1').listening();
  const { text } = await readPage(metricsPort, '/none');
  const pages = text
    .trim()
    .split(' ')
    .filter((path) => path.startsWith('/debug/'));
  expect(pages).toContain('/debug/explain');
  for (const file of FILES) {
    const manifest = await readFile(new URL(`../../manifests/${file}`, import.meta.url), 'utf8');
    const [, named = ''] = /nonResourceURLs: \[([^\]]*)\]/.exec(manifest) ?? [];
    expect([file, named.split(', ').sort()]).toEqual([file, pages.toSorted()]);
  }
});
