import { expect, test } from 'vitest';
import type { Page as AdminPage } from '../../src/server/admin.ts';
import { useBrowser } from './browser.ts';
import { servePage } from './serving.ts';
import { AT_MS, statusWith } from './statuses.ts';

const open = useBrowser();

/** The page, and what its search asked. */
async function openWith(answer: AdminPage) {
  const asked: string[] = [];
  const decisions: AdminPage = (query) => {
    asked.push(`${query}`);
    return answer(query);
  };
  const { url } = await servePage(statusWith(), new Map([['/debug/decisions', decisions]]));
  const page = await open(url, { timezoneId: 'UTC' });
  const search = async (text: string) => {
    await page.getByRole('searchbox', { name: 'Model, target, pod, reason or request id' }).fill(text);
    await page.keyboard.press('Enter');
  };
  const found = page.locator('#found');
  return { asked, page, search, found };
}

const json = (value: unknown) => ({ status: 200, type: 'application/json', text: JSON.stringify(value) });

test('decisions are searched with the keyboard, and what was found is listed and said', async () => {
  const decisions = [
    {
      ...{
        id: 'r-1',
        atMs: AT_MS,
        outcome: 'forwarded',
        pool: 'a/b',
        model: 'lora-request',
        target: 'sql-lora',
      },
      ...{ endpoint: '10.0.0.1:8000', route: 'weighted', status: 200, durationMs: 1_230, firstTokenMs: 42 },
    },
    { atMs: AT_MS - 1_000, outcome: 'rejected', reason: 'unknown_model', model: 'x', durationMs: 1 },
    { id: 'r-3', atMs: AT_MS - 2_000, outcome: 'forwarded', durationMs: 7 },
  ];
  const { asked, page, search, found } = await openWith(() => json({ decisions, sampled: false, seen: 3 }));
  await search('sql & co');
  await page.getByText('3 decisions.').waitFor();
  expect(asked).toEqual(['q=sql+%26+co&limit=50']);
  expect(await found.evaluate((element) => element.tagName)).toBe('OUTPUT');
  const rows = page.getByRole('region', { name: 'Decisions of this replica' }).locator('tbody tr');
  const cells = (index: number) => rows.nth(index).locator('th, td').allInnerTexts();
  expect(await cells(0)).toEqual([
    ...['19:15:00', '200', 'lora-request', 'sql-lora', '10.0.0.1:8000', 'weighted', '42 ms', '1.23 s', 'r-1'],
  ]);
  expect((await cells(1)).slice(0, 4)).toEqual(['19:14:59', 'rejected: unknown_model', 'x', '–']);
  expect((await cells(2))[1]).toBe('no response seen');
});

test('a search without a find says so', async () => {
  const { page, search } = await openWith(() => json({ decisions: [] }));
  await search('');
  await page.getByText('No decision matches.').waitFor();
  expect(await page.getByRole('region', { name: 'Decisions of this replica' }).isVisible()).toBe(false);
});

test('a search that is not answered says why', async () => {
  const { page, search } = await openWith(() => ({ status: 403, type: 'text/plain', text: 'joe may not\n' }));
  await search('x');
  await page.getByText('Serin answers 403: joe may not').waitFor();
});
