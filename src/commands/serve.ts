import { setFlagsFromString } from 'node:v8';
import { serve } from '../app.ts';
import type { Config } from '../config/config.ts';
import { parseConfig } from '../config/config.ts';
import { helpText } from '../config/help.ts';
import { createLog } from '../telemetry/log.ts';
import { prettyLine } from '../telemetry/pretty-line.ts';

/** What `serin serve` needs of its process. */
export interface ServeIo {
  readonly env: { readonly [name: string]: string | undefined };
  /** Aborts on SIGTERM or Ctrl-C. */
  readonly signal: AbortSignal;
  readonly stdout: { readonly write: (text: string) => unknown; readonly isTTY?: boolean };
  readonly stderr: { readonly write: (text: string) => unknown };
}

/** Runs `serin serve` with its arguments; resolves with the exit status once everything has drained. */
export async function serveCommand(argv: readonly string[], io: ServeIo): Promise<number> {
  if (argv.some((word) => word === '--help' || word === '-h')) {
    io.stdout.write(helpText());
    return 0;
  }
  const parsed = parseConfig(argv, io.env);
  if (parsed.kind === 'ok') return run(parsed.config, parsed.warnings, io);
  for (const problem of parsed.problems) io.stderr.write(`serin serve: ${problem}\n`);
  return 2;
}

async function run(config: Config, warnings: readonly string[], io: ServeIo): Promise<number> {
  const { stdout } = io;
  const format = config.logFormat ?? (stdout.isTTY === true ? 'pretty' : 'json');
  const log = createLog(config.verbosity, {
    write: (line) => void stdout.write(format === 'pretty' ? prettyLine(line) : line),
  });
  for (const warning of warnings) log.warn(warning);
  if (config.checkConfig) return 0;
  // V8 allocates what once survived a busy moment in the old generation from then on. Those are the objects of
  // requests, and each of them keeps the next ones from being collected cheaply: a third of the CPU went there.
  setFlagsFromString('--no-allocation-site-pretenuring');
  try {
    await serve({ config, log, env: io.env }, io.signal);
    return 0;
  } catch (error) {
    io.stderr.write(`serin serve: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
