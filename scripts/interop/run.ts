// Builds or finds the foreign clients and runs the suite that sets them on a real Serin:
// node scripts/interop/run.ts [arguments of vitest]
import { runProgram } from '../run-program.ts';
import { runSuite } from '../run-suite.ts';
import { provideGoTools } from './go-tools.ts';
import { provideNghttp2 } from './nghttp2.ts';

await runProgram(async ({ signal, shell, cache, say }) => {
  await provideNghttp2({ shell, mayInstall: process.getuid?.() === 0, say });
  const folders = await provideGoTools({ shell, cache, say });
  return runSuite({ name: 'interop', folders, args: process.argv.slice(2), signal });
});
