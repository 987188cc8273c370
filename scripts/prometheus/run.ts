// Finds a Prometheus and runs the suite that sets it on a real Serin behind a real Envoy:
// node scripts/prometheus/run.ts [arguments of vitest]
import { runProgram } from '../run-program.ts';
import { runSuite } from '../run-suite.ts';
import { providePrometheus } from './provide-prometheus.ts';

await runProgram(async ({ signal, shell, cache, say }) => {
  const isRoot = process.getuid?.() === 0;
  const folders = await providePrometheus({ shell, cache, isRoot, say });
  return runSuite({ name: 'prometheus', folders, args: process.argv.slice(2), signal });
});
