import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useBrowser } from './browser.ts';
import { servePage } from './serving.ts';
import { CANARY, figures, statusWith } from './statuses.ts';

const open = useBrowser();
const UTC = { timezoneId: 'UTC' };

/** The page that shows a status. */
async function openWith(status = statusWith()) {
  const served = await servePage(status);
  const page = await open(served.url, UTC);
  await page.locator('.pool').first().waitFor();
  return { ...served, page };
}

/** The cells of a table's rows, as they read. */
async function rowsOf(page: Page, region: string): Promise<readonly (readonly string[])[]> {
  const rows = await page.getByRole('region', { name: region }).locator('tbody tr').all();
  const texts = rows.map((row) => row.locator('> th, > td').allInnerTexts());
  return (await Promise.all(texts)).map((cells) => cells.map(oneLine));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

async function textOf(page: Page, selector: string): Promise<string> {
  return oneLine((await page.locator(selector).allInnerTexts()).join());
}

describe('the head', () => {
  test('says that it is live, whose figures are added up, and of when they are', async () => {
    const { page } = await openWith();
    expect([await textOf(page, '#state'), await textOf(page, '#clock')]).toEqual([
      'Live, 3 of 3 replicas',
      '19:15:00',
    ]);
  });

  test('says what is still waited for, and which replicas are missing', async () => {
    const missing = [{ address: '10.0.0.9:9090', problem: 'timeout' }];
    const { page } = await openWith(
      statusWith({ waitingFor: ['manifests'], replicas: { answered: 2, known: 3, missing } }),
    );
    expect(await textOf(page, '#state')).toBe('Live, 2 of 3 replicas, waiting for manifests');
    expect(await textOf(page, '#troubles')).toContain(
      'Replica 10.0.0.9:9090 does not tell its figures: timeout',
    );
  });

  test('says when the connection is lost, and goes on by itself', async () => {
    const { page, kill, revive } = await openWith();
    kill();
    await page.getByText('Serin does not answer since 19:15:00; trying again').waitFor();
    await revive();
    await page.getByText('Live, 3 of 3 replicas').waitFor();
  });
});

describe('a model', () => {
  test('has its targets side by side', async () => {
    const { page } = await openWith();
    expect(await page.getByRole('heading', { level: 3 }).allInnerTexts()).toEqual(['lora-request', 'Pods']);
    expect(await textOf(page, '.model > .hint')).toBe('InferenceModel default/sample');
    expect(await rowsOf(page, 'Targets of lora-request')).toEqual([
      [
        ...['sql-lora stable', '90 %', '90 %', '90 % 88 % to 91.5 %', '90 % 88 % to 91.5 %'],
        ...['1 200', '0', '42 ms · 180 ms', '1.23 s · 4.50 s', '96 · 1 250'],
      ],
      [
        ...['sql-lora-1 canary, v2', '10 %', '10 %', '8 % 5 % to 12 %', '10 % 8.5 % to 12 %'],
        ...['133', '4 (3 %), 2 × 4xx, 1 unanswered', '42 ms · 180 ms', '1.23 s · 4.50 s', '96 · 1 250'],
      ],
    ]);
  });

  test('shows the figures of the window that is chosen, also with the keyboard', async () => {
    const { page } = await openWith();
    const requests = async () => (await rowsOf(page, 'Targets of lora-request')).map((cells) => cells[5]);
    expect(await requests()).toEqual(['1 200', '133']);
    await page.getByRole('radio', { name: '5 min' }).press('ArrowLeft');
    expect(await requests()).toEqual(['240', '20']);
    expect(await textOf(page, '#reasons')).toBe('None.');
  });

  test('shows each share as a point in its interval, against the weight in force', async () => {
    const { page } = await openWith();
    const graph = page.locator('.graph').last();
    const at = (selector: string, name: string) => graph.locator(selector).getAttribute(name);
    expect(
      await Promise.all([at('.band', 'x'), at('.band', 'width'), at('.point', 'cx'), at('.mark', 'x1')]),
    ).toEqual(['8.50%', '3.50%', '10.00%', '10.00%']);
    const widths = await graph
      .locator('.band')
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().width));
    expect(widths[0]).toBeGreaterThan(2);
  });

  test('has an axis that fits its shares', async () => {
    const share = { share: 0.05, low: 0.04, high: 0.3 };
    const target = {
      target: 'a',
      effectiveShare: 0.05,
      windows: [figures(60, { share }), figures(300, { share })],
    };
    const { page } = await openWith(statusWith({}, [{ ...CANARY, targets: [target] }]));
    const heads = await page.getByRole('columnheader', { name: 'Share, 1 min' }).allInnerTexts();
    expect(heads.map(oneLine)).toEqual(['Share, 1 min 0 to 10 %']);
    expect(await page.locator('.point').first().getAttribute('cx')).toBe('50.00%');
    expect(await page.locator('.band').first().getAttribute('width')).toBe('60.00%');
  });

  test('says in words when a share is off, when a weight is not in force and why, and what no weight is', async () => {
    const [first] = CANARY.targets;
    const off = figures(60, { off: true });
    const none = { ...figures(60, { requests: 0, withUsage: 0 }), share: undefined, firstTokenMs: undefined };
    const targets = [
      { ...first, target: 'drained', effectiveShare: 0, reason: 'served by no pod', windows: [off] },
      { target: '', windows: [JSON.parse(JSON.stringify(none))] },
    ];
    const { page } = await openWith(statusWith({}, [{ targets }]));
    const rows = await rowsOf(page, 'Targets of Any other name');
    expect(rows.map((cells) => cells.slice(0, 4))).toEqual([
      ['drained stable', '90 %', '0 % served by no pod', '90 % 88 % to 91.5 %, off'],
      ['whatever was asked for', 'none', 'none', '– no request'],
    ]);
    await page.getByRole('radio', { name: '1 min' }).check();
    const [, empty] = await rowsOf(page, 'Targets of Any other name');
    expect(empty?.slice(5)).toEqual(['0', '0', '–', '1.23 s · 4.50 s', '–']);
  });

  test('whose object is broken says why', async () => {
    const { page } = await openWith(
      statusWith({}, [{ model: 'm', problem: 'weights are mixed', targets: [] }]),
    );
    expect(await textOf(page, '.model .trouble')).toBe('weights are mixed');
    expect(await page.getByRole('region', { name: 'Targets of m' }).isVisible()).toBe(false);
  });
});

describe('pods', () => {
  test('have their load, their adapters and the age of all that', async () => {
    const { page } = await openWith();
    expect(await rowsOf(page, 'Pods of default/pool')).toEqual([
      ['vllm-0 10.0.0.1:8000', 'fresh', '3', '8', '2', '62 %', 'sql-lora sql-lora-1', '120 ms ago'],
      ['10.0.0.2:8000', 'dead', '0', '0', '0', '0 %', '', 'never'],
    ]);
    const fills = page.locator('.fill');
    const widths = await fills.evaluateAll((all) => all.map((each) => each.getBoundingClientRect().width));
    expect(widths[0]).toBeGreaterThan(30);
    expect(widths[1]).toBe(0);
  });

  test('that are not there are missed in words', async () => {
    const pools = [{ pool: 'default/empty', models: [], endpoints: [] }];
    const { page } = await openWith(statusWith({ pools }));
    expect(await page.getByText('No pod is ready.').isVisible()).toBe(true);
  });
});

test('rejections are counted by reason, and the latest are listed', async () => {
  const { page } = await openWith();
  expect(await textOf(page, '#reasons')).toBe('1 500 overloaded, 2 unknown_model');
  expect(await rowsOf(page, 'The latest of this replica')).toEqual([
    ['19:14:59', '429', 'overloaded', 'lora-request', 'default/pool'],
    ['19:14:58', '404', 'unknown_model', '–', '–'],
  ]);
});

test('what is wrong with policy stands above all, until it is mended', async () => {
  const problems = [{ source: 'manifests', text: 'a.yaml:3:1: spec is missing', sinceMs: statusWith().atMs }];
  const conflicts = [{ name: 'm', winner: 'InferenceModel a/one', loser: 'InferenceModel a/two' }];
  const { page, show } = await openWith(statusWith({ problems, moreProblems: 7, conflicts }));
  expect(await page.locator('#trouble-list li').allInnerTexts()).toEqual([
    'a.yaml:3:1: spec is missing (manifests, since 19:15:00)',
    'and 7 more',
    'm is claimed twice: InferenceModel a/one has it, InferenceModel a/two has not',
  ]);
  await show(statusWith());
  await page.locator('#troubles').waitFor({ state: 'hidden' });
});

test('news change what is there in place: neither the focus nor an element is lost', async () => {
  const { page, show } = await openWith();
  const region = page.getByRole('region', { name: 'Targets of lora-request' });
  await region.focus();
  const row = await region.locator('tbody tr').last().elementHandle();
  // Each change of the state would be read aloud.
  await page.evaluate(`
    changes = [];
    new MutationObserver((records) => changes.push(...records))
      .observe(document.getElementById('state'), { childList: true, subtree: true, characterData: true });
  `);
  const [first, second] = CANARY.targets;
  if (first === undefined || second === undefined) throw new Error('no targets');
  await show(statusWith({ atMs: statusWith().atMs + 1_000 }, [{ ...CANARY, targets: [second, first] }]));
  await page.getByText('19:15:01').first().waitFor();
  expect((await rowsOf(page, 'Targets of lora-request')).map(([name]) => name)).toEqual([
    'sql-lora-1 canary, v2',
    'sql-lora stable',
  ]);
  expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Targets of lora-request');
  expect(await row?.evaluate((element) => element.isConnected)).toBe(true);
  expect(await page.evaluate('changes.length')).toBe(0);
  await show(statusWith({ pools: [] }));
  await page.locator('.pool').waitFor({ state: 'detached' });
});
