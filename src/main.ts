import { Command } from 'commander';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { fakeVllmCommand } from './commands/fake-vllm.ts';
import { serveCommand } from './commands/serve.ts';
import { statusCommand } from './commands/status.ts';
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

/** A command that reads its arguments itself. */
function readingArgv(command: Command, run: (argv: readonly string[]) => Promise<number>): Command {
  const passing = command.helpOption(false).allowUnknownOption().allowExcessArguments();
  return passing.action(async () => io.exit(await run(process.argv.slice(3))));
}

const serve = new Command('serve').description('serve the ext_proc endpoint picker');
const doctor = new Command('doctor').description('check a live set-up, and print the fix for each fault');

await new Command('serin')
  .description('Envoy endpoint picker for multi-LoRA canary releases on vLLM')
  .addCommand(readingArgv(serve, (argv) => serveCommand(argv, io)))
  .addCommand(demoCommand(io))
  .addCommand(validateCommand(io))
  .addCommand(readingArgv(doctor, (argv) => doctorCommand(argv, io)))
  .addCommand(statusCommand(io))
  .addCommand(fakeVllmCommand(io))
  .parseAsync();
