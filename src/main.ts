import { Command } from 'commander';
import { demoCommand } from './commands/demo.ts';
import { fakeVllmCommand } from './commands/fake-vllm.ts';
import { serveCommand } from './commands/serve.ts';
import { validateCommand } from './commands/validate.ts';

const shutdown = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => shutdown.abort());
}

const io = {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: shutdown.signal,
  print: (line: string) => void process.stdout.write(`${line}\n`),
  exit: (status: number) => {
    process.exitCode = status;
  },
};

const serve = new Command('serve')
  .description('serve the ext_proc endpoint picker')
  .helpOption(false)
  .allowUnknownOption()
  .allowExcessArguments()
  .action(async () => io.exit(await serveCommand(process.argv.slice(3), io)));

await new Command('serin')
  .description('Envoy endpoint picker for multi-LoRA canary releases on vLLM')
  .addCommand(serve)
  .addCommand(demoCommand(io))
  .addCommand(validateCommand(io))
  .addCommand(fakeVllmCommand(io))
  .parseAsync();
