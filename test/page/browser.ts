import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

/** Opens pages in a browser that all tests of a file share. */
export function useBrowser(): (url: string, options?: BrowserContextOptions) => Promise<Page> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
  });
  return async (url, options = {}) => {
    const context = await browser?.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    if (context === undefined) throw new Error('no browser');
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
}

/** Starts the Chromium that `npm run test:page` found. */
export async function launch(): Promise<Browser> {
  const executablePath = process.env.SERIN_CHROMIUM;
  if (executablePath === undefined) throw new Error('SERIN_CHROMIUM names no browser: run npm run test:page');
  // Chromium's own sandbox does not start for root, and the pages are our own.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
