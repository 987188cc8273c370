// Finds or installs Chromium and runs the suite that looks at the live page with it:
// node scripts/page/run.ts [arguments of vitest]
import { runProgram } from '../run-program.ts';
import { runSuite } from '../run-suite.ts';
import { provideChromium } from './chromium.ts';

await runProgram(async ({ signal, shell, say }) => {
  const mayInstall = process.getuid?.() === 0;
  const chromium = await provideChromium({ shell, named: process.env.SERIN_CHROMIUM, mayInstall, say });
  return runSuite({
    name: 'page',
    env: { SERIN_CHROMIUM: chromium },
    args: process.argv.slice(2),
    signal,
  });
});
