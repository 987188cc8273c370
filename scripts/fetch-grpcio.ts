// Makes sure that there is Python's gRPC client before a suite starts, so that the tests need no network.
import { cacheFolder } from '../src/envoy-binary/cache-folder.ts';
import { runCommand } from '../src/envoy-binary/run-command.ts';
import { provideGrpcio } from './grpcio/provide.ts';

try {
  await provideGrpcio({
    cache: cacheFolder(process.env),
    env: process.env,
    signal: new AbortController().signal,
    run: runCommand,
    say: (line) => console.error(line),
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
