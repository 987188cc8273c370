import { join, relative } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { runDemo } from '../demo/demo.ts';
import { PROJECT } from '../demo/demo-config.ts';
import { createScreen } from '../demo/demo-screen.ts';
import type { LineOutput } from '../demo/status-line.ts';

/** What `serin demo` needs of its process. */
export interface DemoIo {
  readonly stdout: LineOutput;
  readonly stderr: LineOutput;
  readonly env: { readonly [name: string]: string | undefined };
  /** Aborts on SIGTERM or Ctrl-C. */
  readonly signal: AbortSignal;
  readonly exit: (status: number) => void;
}

interface DemoFlags {
  readonly requests: number;
  readonly exit: boolean;
  readonly json: boolean;
  readonly port: number;
  readonly manifests: string;
}

const EXAMPLE = join(PROJECT, 'examples', 'multi-lora');
const MOST_REQUESTS = 10_000_000;
const LAST_PORT = 65_535;

/** Reads a whole number from 1 to `most`. */
function wholeNumber(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  };
}

/** Creates `serin demo`: the whole scenario on one machine, with a real Envoy. */
export function demoCommand(io: DemoIo): Command {
  return new Command('demo')
    .description('start simulated vLLM servers, Serin and a real Envoy, and show how requests are split')
    .option('--requests <n>', 'requests in a round', wholeNumber(MOST_REQUESTS), 1000)
    .option(
      '--exit',
      'stop after the first table, with status 1 if the split is not the weights’ split',
      false,
    )
    .option('--json', 'print each round as one line of JSON', false)
    .option('--port <port>', 'port of Envoy on 127.0.0.1', wholeNumber(LAST_PORT), 8080)
    .option('--manifests <folder>', 'manifests that Serin follows', relative('', EXAMPLE))
    .action(async (flags: DemoFlags) => {
      const screen = createScreen({ results: io.stdout, notes: io.stderr }, flags.json ? 'json' : 'table');
      const rounds = flags.exit ? 'one' : 'until_stopped';
      const { requests, port, manifests } = flags;
      io.exit(await runDemo({ requests, rounds, port, manifests }, { ...io, screen }));
    });
}
