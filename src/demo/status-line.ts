/** A line that is drawn over itself on a terminal. */
export interface StatusLine {
  /** Replaces the text. Off a terminal only the first text is printed, so that a log is not flooded. */
  readonly show: (text: string) => void;
  /** Ends the line, so that what is printed next stands below it. */
  readonly finish: () => void;
}

/** The part of a stream that a status line needs. */
export interface LineOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const ERASE_TO_END = '\u001b[K';

/** Creates a status line on a stream, a terminal or not. */
export function createStatusLine(output: LineOutput): StatusLine {
  let open = false;
  return {
    show: (text) => {
      if (output.isTTY) output.write(`\r${text}${ERASE_TO_END}`);
      else if (!open) output.write(`${text}\n`);
      open = true;
    },
    finish: () => {
      if (open && output.isTTY) output.write('\n');
      open = false;
    },
  };
}
