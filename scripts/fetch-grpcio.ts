// Makes sure that there is Python's gRPC client before a suite starts, so that the tests need no network.
import { runCommand } from '../src/envoy-binary/run-command.ts';
import { provideGrpcio } from './grpcio/provide.ts';
import { runProgram } from './run-program.ts';

await runProgram(async ({ signal, cache, say }) => {
  await provideGrpcio({ cache, env: process.env, signal, run: runCommand, say });
  return 0;
});
