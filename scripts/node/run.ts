// Makes a Kubernetes cluster of one node and runs the suite that needs it: node scripts/node/run.ts [arguments of vitest]
import { runProgram } from '../run-program.ts';
import { runOnNode } from './run-on-node.ts';

await runProgram((room) => runOnNode({ name: 'node', args: process.argv.slice(2), env: {}, room }));
