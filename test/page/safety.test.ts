import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startAdmin } from '../../src/server/admin.ts';
import { createAdminGuard } from '../../src/server/admin-guard.ts';
import { livePage } from '../../src/server/live-page.ts';
import type { SendEvent } from '../../src/server/server-sent-events.ts';
import { useBrowser } from './browser.ts';
import { servePage } from './serving.ts';
import { CANARY, statusWith } from './statuses.ts';

const open = useBrowser();
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const NAME_OF_FOCUS = `(({ ariaLabel, id, name, textContent }) => ariaLabel || id || name || textContent)(document.activeElement)`;

const HOSTILE = '"><img src=x onerror="hacked=1"><script>hacked=1</script>\'';

/** A status in which every name that a client or an object chooses is hostile. */
function hostileStatus() {
  const { pools, rejections, ...rest } = statusWith();
  const [pool] = pools;
  if (pool === undefined) throw new Error('no pool');
  const targets = CANARY.targets.map((target) => ({
    ...target,
    target: `${target.target}${HOSTILE}`,
    reason: HOSTILE,
  }));
  const endpoints = pool.endpoints.map((each) => ({
    ...each,
    name: HOSTILE,
    state: HOSTILE,
    adapters: [HOSTILE],
  }));
  return {
    ...rest,
    pools: [
      { pool: HOSTILE, endpoints, models: [{ model: HOSTILE, object: HOSTILE, problem: HOSTILE, targets }] },
    ],
    rejections: {
      ...rejections,
      recent: [{ atMs: 1, status: 404, reason: HOSTILE, model: HOSTILE, pool: HOSTILE }],
    },
    problems: [{ source: HOSTILE, text: HOSTILE, sinceMs: 1 }],
    conflicts: [{ name: HOSTILE, winner: HOSTILE, loser: HOSTILE }],
    waitingFor: [HOSTILE],
  };
}

/** What the page said to its console, and whom it asked. */
function watch(page: Page) {
  const console: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => console.push(message.text()));
  page.on('pageerror', (error) => console.push(`${error}`));
  page.on('request', (request) => asked.push(request.url()));
  return { console, asked };
}

test('names that are markup are shown as they are, and nothing of them runs', async () => {
  const decisions = [
    { atMs: 1, outcome: 'rejected', reason: HOSTILE, model: HOSTILE, target: HOSTILE, id: HOSTILE },
  ];
  const answer = () => ({ status: 200, type: 'application/json', text: JSON.stringify({ decisions }) });
  const { url } = await servePage(hostileStatus(), new Map([['/debug/decisions', answer]]));
  const page = await open(url);
  await page.getByRole('heading', { name: HOSTILE, level: 3 }).waitFor();
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('One decision.').waitFor();
  expect(await page.getByText(HOSTILE).count()).toBeGreaterThan(15);
  expect(await page.locator('img:not(header img), main script').count()).toBe(0);
  expect(await page.evaluate('typeof hacked')).toBe('undefined');
});

test('it asks its own origin alone, and breaks no rule of its own', async () => {
  const { url } = await servePage(statusWith());
  const page = await open('about:blank');
  const { console, asked } = watch(page);
  await page.goto(url);
  await page.locator('.model').waitFor();
  expect(new Set(asked.map((each) => new URL(each).origin))).toEqual(new Set([new URL(url).origin]));
  expect(console).toEqual([]);
});

test('a script that came in by markup would not run', async () => {
  const { url } = await servePage(statusWith());
  const page = await open(url);
  const tried = page.evaluate("document.body.innerHTML = '<img src=x onerror=hacked=1>'");
  await expect(tried).rejects.toThrow('TrustedHTML');
});

describe('with tokens', () => {
  test('the page asks for one, keeps it to itself, and shows the rest with it', async () => {
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const status = async (send: SendEvent) => send(JSON.stringify(statusWith()));
    const pages = new Map([...livePage(), ['/debug/live', () => ({ run: status })] as const]);
    const authorize = async ({ token }: { readonly token: string }) =>
      token === 'good' ? ({ kind: 'allowed' } as const) : ({ kind: 'forbidden', user: 'joe' } as const);
    const guard = createAdminGuard({ hosts: [], open: livePage(), authorize });
    const port = await startAdmin({ host: '127.0.0.1', port: 0, pages, guard }, stop.signal);
    const page = await open(`http://127.0.0.1:${port}/`);
    await page.getByText('a bearer token of the cluster is needed').waitFor();
    const token = page.getByLabel('Bearer token of the cluster');
    expect(await page.locator(':focus').getAttribute('id')).toBe('token');
    await token.fill('poor');
    await page.keyboard.press('Enter');
    await page.getByText('joe may not get /debug/live').waitFor();
    await token.fill('good');
    await page.keyboard.press('Enter');
    await page.locator('.model').waitFor();
    expect([await token.isVisible(), await token.inputValue()]).toEqual([false, '']);
  });
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test('axe finds nothing to mend', async () => {
    const problems = [{ source: 'manifests', text: 'a.yaml:3:1: spec is missing', sinceMs: 1 }];
    const broken = { model: 'm', problem: 'weights are mixed', targets: [] };
    const [first] = CANARY.targets;
    const off = {
      ...CANARY,
      model: 'off',
      targets:
        first === undefined
          ? []
          : [
              {
                ...first,
                effectiveShare: 0.5,
                windows: first.windows.map((each) => ({ ...each, off: true })),
              },
            ],
    };
    const { url } = await servePage(statusWith({ problems }, [CANARY, broken, off]));
    const page = await open(url, { colorScheme });
    await page.locator('.model').first().waitFor();
    await page.evaluate(AXE);
    const found = await page.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))',
    );
    expect(found).toEqual([]);
  });

  test('the background is that of the scheme', async () => {
    const { url } = await servePage(statusWith());
    const page = await open(url, { colorScheme });
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(background).toBe(colorScheme === 'light' ? 'rgb(251, 250, 246)' : 'rgb(21, 22, 26)');
  });
});

test('everything can be reached with the keyboard, from a link past the head on', async () => {
  const { url } = await servePage(statusWith());
  const page = await open(url);
  await page.locator('.model').waitFor();
  const reached: string[] = [];
  for (let step = 0; step < 7; step += 1) {
    await page.keyboard.press('Tab');
    reached.push(`${await page.evaluate(NAME_OF_FOCUS)}`);
  }
  expect(reached).toEqual([
    ...['Skip to the models', 'seconds', 'Targets of lora-request', 'Pods of default/pool'],
    ...['The latest of this replica', 'query', 'Search'],
  ]);
});

test('a narrow window scrolls its tables, not the page', async () => {
  const { url } = await servePage(statusWith());
  const page = await open(url, { viewport: { width: 380, height: 700 } });
  await page.locator('.model').waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
});
