import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Stack, startStack } from '../e2e/stack.ts';
import { useBrowser } from './browser.ts';

const open = useBrowser();
const SOON = { timeout: 15_000, interval: 100 };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ pods: 2 });
});
afterAll(() => stack.stop());

test('a real Serin behind a real Envoy is seen at work, without the page being loaded again', async () => {
  const page = await open(`http://127.0.0.1:${stack.serin.metricsPort}/`);
  const rows = page.getByRole('region', { name: 'Targets of lora-request' }).locator('tbody tr');
  const requests = async () => {
    const cells = await rows.locator('td:nth-of-type(5)').allInnerTexts();
    return cells.reduce((sum, text) => sum + Number(text), 0);
  };
  await vi.waitFor(async () => expect([await rows.count(), await requests()]).toEqual([10, 0]), SOON);
  for (let sent = 0; sent < 12; sent += 1) await stack.client.complete('lora-request');
  expect((await stack.client.complete('<b>no such model</b>')).status).toBe(404);
  await vi.waitFor(async () => expect(await requests()).toBe(12), SOON);
  await page.getByText('1 unknown_model').waitFor();
  expect(await page.getByRole('region', { name: 'Pods of' }).locator('tbody tr').count()).toBe(2);
  expect(await page.locator('#state').allInnerTexts()).toEqual(['Live, 1 of 1 replica']);
});

test('an edit that is wrong is seen, and so is its mending', async () => {
  const page = await open(`http://127.0.0.1:${stack.serin.metricsPort}/`);
  const path = join(stack.manifests, 'inferencemodel.yaml');
  const good = await readFile(path, 'utf8');
  await writeFile(path, good.replace('weight: 10', 'weight: -10'));
  await page.getByText('must be at least 0').waitFor();
  await writeFile(path, good);
  await page.locator('#troubles').waitFor({ state: 'hidden' });
});

test('its decisions are found by model, and told with what became of them', async () => {
  await stack.client.complete('sql-lora-3');
  const page = await open(`http://127.0.0.1:${stack.serin.metricsPort}/`);
  const found = page.getByRole('region', { name: 'Decisions of this replica' }).locator('tbody tr');
  await vi.waitFor(async () => {
    await page.getByRole('searchbox').fill('SQL-LORA-3');
    await page.keyboard.press('Enter');
    await found.first().waitFor({ timeout: 1_000 });
  }, SOON);
  const cells = await found.first().locator('td').allInnerTexts();
  expect(cells.slice(0, 3)).toEqual(['200', 'sql-lora-3', 'sql-lora-3']);
  expect(stack.pods.map(({ address }) => address)).toContain(cells[3]);
  expect(cells[4]).toBe('direct');
});

test('a search finds decisions of a real Serin', async () => {
  await stack.client.complete('no-model-of-the-search');
  const page = await open(`http://127.0.0.1:${stack.serin.metricsPort}/`);
  const rows = page.getByRole('region', { name: 'Decisions of this replica' }).locator('tbody tr');
  await vi.waitFor(async () => {
    await page
      .getByRole('searchbox', { name: 'Model, target, pod, reason or request id' })
      .fill('OF-the-search');
    await page.keyboard.press('Enter');
    await page.getByText('One decision.').waitFor({ timeout: 1_000 });
  }, SOON);
  expect((await rows.first().locator('th, td').allInnerTexts()).slice(1, 3)).toEqual([
    'rejected: unknown_model',
    'no-model-of-the-search',
  ]);
});
