/** What a command needs of its process. */
interface CommandIo {
  readonly env: { readonly [name: string]: string | undefined };
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  readonly stderr: { readonly write: (text: string) => unknown };
}

/** Runs a command, and gives its exit status and what it has written. */
export async function runCommand(
  command: (argv: readonly string[], io: CommandIo) => Promise<number>,
  argv: readonly string[],
) {
  const lines: string[] = [];
  const stderr: string[] = [];
  const status = await command(argv, {
    env: {},
    signal: new AbortController().signal,
    print: (line) => lines.push(line),
    stderr: { write: (text) => stderr.push(text) },
  });
  return { status, lines, stderr };
}
