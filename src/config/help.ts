import { variableOf } from './flag.ts';
import { FLAGS } from './flags.ts';

const WIDTH = 34;

/** The text of `serin serve --help`. */
export function helpText(): string {
  const lines = Object.values(FLAGS).map(({ name, placeholder, help, shown }) => {
    const dashes = name.length === 1 ? '-' : '--';
    const left = `  ${dashes}${name}${placeholder === '' ? '' : ` ${placeholder}`}`;
    const text = shown === '' ? help : `${help} (default ${shown})`;
    return left.length < WIDTH ? left.padEnd(WIDTH) + text : `${left}\n${' '.repeat(WIDTH)}${text}`;
  });
  return [
    'Usage: serin serve [flags]',
    '',
    'Serves the ext_proc endpoint picker. Every flag has an environment variable, such as',
    `${variableOf('grpc-port')} for --grpc-port; flags win.`,
    '',
    ...lines,
    '',
  ].join('\n');
}
