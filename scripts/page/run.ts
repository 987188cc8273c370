// Finds or installs Chromium and runs the suite that looks at the live page with it:
// node scripts/page/run.ts [arguments of vitest]
import { createShell } from '../docker/shell.ts';
import { runSuite } from '../run-suite.ts';
import { provideChromium } from './chromium.ts';

const ended = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => ended.abort(new Error(`Ended by ${name}.`)));
}
const say = (line: string) => console.error(line);

try {
  const chromium = await provideChromium({
    shell: createShell(process.env, ended.signal),
    named: process.env.SERIN_CHROMIUM,
    mayInstall: process.getuid?.() === 0,
    say,
  });
  process.exitCode = await runSuite({
    name: 'page',
    env: { ...process.env, SERIN_CHROMIUM: chromium },
    args: process.argv.slice(2),
    signal: ended.signal,
  });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
