/** pino's levels. */
const LEVELS: ReadonlyMap<unknown, string> = new Map([
  [20, 'debug'],
  [30, 'info'],
  [40, 'WARN'],
  [50, 'ERROR'],
]);

const WIDTH = 5;

/** A line of the log as people read it: time, level, message, and the fields behind it. */
export function prettyLine(line: string): string {
  const { level, time, msg, err, ...fields }: { readonly [name: string]: unknown } = JSON.parse(line);
  const told = Object.entries(fields).map(([name, value]) => `${name}=${valueText(value)}`);
  const word = (LEVELS.get(level) ?? 'trace').padEnd(WIDTH);
  const first = [timeOf(time), word, lineText(String(msg)), ...told].join(' ');
  return `${[first, ...errorLines(err)].join('\n')}\n`;
}

function timeOf(time: unknown): string {
  return String(time).slice('yyyy-mm-ddT'.length, -1);
}

/** As JSON wherever that could be mistaken, so that no client writes lines or colours of its own. */
function valueText(value: unknown): string {
  const plain = typeof value === 'string' && /^[\w./:@[\]-]+$/.test(value);
  return plain ? value : escaped(JSON.stringify(value));
}

function lineText(text: string): string {
  return escaped(text.replaceAll('\n', ' '));
}

/** A terminal obeys control characters, also those that JSON lets stand. */
function escaped(text: string): string {
  const code = (each: string) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replace(/\p{Cc}/gu, code);
}

function errorLines(error: unknown): readonly string[] {
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? String(error.stack) : '';
  return stack.split('\n').flatMap((line) => (line === '' ? [] : [`  ${escaped(line)}`]));
}
