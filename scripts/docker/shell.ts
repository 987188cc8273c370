import { type CommandResult, runCommand } from '../../src/envoy-binary/run-command.ts';

/** Runs programs of this machine. */
export interface Shell {
  /** Runs a program; its failure is a result. */
  readonly try: (file: string, args: readonly string[]) => Promise<Ended>;
  /** Runs a program and gives what it wrote; throws with its last lines if it fails. */
  readonly run: (file: string, args: readonly string[]) => Promise<string>;
}

/** How a program ended; code 127 if there is no such program. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const LAST_LINES = 15;

/** Creates a shell with an environment; aborting the signal ends what runs. */
export function createShell(
  env: { readonly [name: string]: string | undefined },
  signal: AbortSignal,
): Shell {
  async function attempt(file: string, args: readonly string[]): Promise<Ended> {
    return ended(await runCommand(file, args, { env, signal }));
  }
  return {
    try: attempt,
    run: async (file, args) => {
      const { code, stdout, stderr } = await attempt(file, args);
      if (code === 0) return stdout;
      const last = `${stdout}${stderr}`.trim().split('\n').slice(-LAST_LINES).join('\n');
      throw new Error(`${file} ${args.join(' ')} failed:\n${last}`);
    },
  };
}

function ended(result: CommandResult): Ended {
  return result.kind === 'ended' ? result : { code: 127, stdout: '', stderr: result.problem };
}
