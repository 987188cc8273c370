import { Command } from 'commander';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { fakeVllmCommand } from './commands/fake-vllm.ts';
import { serveCommand } from './commands/serve.ts';
import { statusCommand } from './commands/status.ts';
import { validateCommand } from './commands/validate.ts';

const shutdown = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => shutdown.abort());
}

/** The status by which shells tell that a command was ended by a closed pipe. */
const PIPE_CLOSED = 141;

// Whoever has seen enough, such as `head`, ends a command without a word; gateways need their picker, log or not.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (process.argv[2] === 'serve') return;
  if (error.code !== 'EPIPE') throw error;
  process.once('exit', () => io.exit(PIPE_CLOSED));
  shutdown.abort();
});

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
function argvCommand(name: string, run: (argv: readonly string[]) => Promise<number>): Command {
  const passing = new Command(name).helpOption(false).allowUnknownOption().allowExcessArguments();
  return passing.action(async () => io.exit(await run(process.argv.slice(3))));
}

const serve = argvCommand('serve', (argv) => serveCommand(argv, io));
const doctor = argvCommand('doctor', (argv) => doctorCommand(argv, io));
const explain = argvCommand('explain', (argv) => explainCommand(argv, io));

await new Command('serin')
  .description('Envoy endpoint picker for multi-LoRA canary releases on vLLM')
  .addCommand(serve.description('serve the ext_proc endpoint picker'))
  .addCommand(demoCommand(io))
  .addCommand(validateCommand(io))
  .addCommand(explain.description('tell how a request would be decided, and why'))
  .addCommand(doctor.description('check a live set-up, and print the fix for each fault'))
  .addCommand(statusCommand(io))
  .addCommand(fakeVllmCommand(io))
  .parseAsync();
