// Takes the README's picture of the live page, and one in the dark, from the demo at work:
// node scripts/page/picture.ts [folder]
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { freePort } from '../../src/demo/free-port.ts';
import { createShell } from '../docker/shell.ts';
import { provideChromium } from './chromium.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = process.argv[2] ?? join(ROOT, 'docs/images');
/** The README's canary. */
const TARGETS = `  targetModels:
  - name: sql-lora
    weight: 90
  - name: sql-lora-1
    weight: 10
`;

const ended = new AbortController();
process.once('SIGINT', () => ended.abort());
const manifests = await mkdtemp(join(tmpdir(), 'serin-picture-'));
await cp(join(ROOT, 'examples/multi-lora'), manifests, { recursive: true });
const model = join(manifests, 'inferencemodel.yaml');
await writeFile(model, (await readFile(model, 'utf8')).replace(/ {2}targetModels:.*/s, TARGETS));

const executablePath = await provideChromium({
  shell: createShell(process.env, ended.signal),
  named: process.env.SERIN_CHROMIUM,
  mayInstall: process.getuid?.() === 0,
  say: (line) => console.error(line),
});
const flags = ['--manifests', manifests, '--port', `${await freePort()}`, '--requests', '2000'];
const demo = spawn(process.execPath, ['src/main.ts', 'demo', ...flags], {
  cwd: ROOT,
  stdio: ['ignore', 'pipe', 'pipe'],
});
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  let address = '';
  for await (const line of createInterface({ input: demo.stderr })) {
    address = /Watch it live: (\S+)/.exec(line)?.[1] ?? address;
    // What it says after its first round.
    if (line.startsWith('Ask it yourself')) break;
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    const viewport = { width: 1280, height: 580 };
    const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 1.5 });
    const page = await context.newPage();
    await page.goto(address);
    await page.locator('.model').first().waitFor();
    await page.screenshot({ path: join(FOLDER, colorScheme === 'light' ? 'page.png' : 'page-dark.png') });
  }
} finally {
  await browser.close();
  demo.kill('SIGTERM');
  await rm(manifests, { recursive: true });
}
