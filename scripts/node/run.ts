// Makes a Kubernetes cluster of one node and runs the suite that needs it: node scripts/node/run.ts [arguments of vitest]
import { runOnNode } from './run-on-node.ts';

const say = (line: string) => console.error(line);

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => stop.abort(new Error(`Ended by ${name}.`)));
}
try {
  process.exitCode = await runOnNode({
    name: 'node',
    args: process.argv.slice(2),
    env: {},
    signal: stop.signal,
    say,
  });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
