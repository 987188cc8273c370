import { expect, test } from 'vitest';
import { createLog } from '../../src/telemetry/log.ts';
import { prettyLine } from '../../src/telemetry/pretty-line.ts';

function pretty(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog(5, { write: (line) => void lines.push(prettyLine(line)) }));
  return lines.join('').replace(/^\d\d:\d\d:\d\d\.\d{3}/gm, 'TIME');
}

test('a line has time, level, message and fields', () => {
  expect(pretty((log) => log.info({ grpcPort: 9002, tls: true, host: 'a:1' }, 'listening'))).toBe(
    'TIME info  listening grpcPort=9002 tls=true host=a:1\n',
  );
  const levels = pretty((log) => {
    for (const level of ['error', 'warn', 'debug', 'trace'] as const) log[level]('x');
  });
  expect(levels).toBe('TIME ERROR x\nTIME WARN  x\nTIME debug x\nTIME trace x\n');
});

test('an error shows where it was', () => {
  expect(pretty((log) => log.error({ err: new Error('broken') }, 'fault'))).toMatch(
    /^TIME ERROR fault\n {2}Error: broken\n {6}at .*pretty-line\.test/,
  );
});

test('what a client chose cannot write lines, fields or colours of its own', () => {
  const model = 'x y="1"\n12:00:00.000 ERROR \u001b[31m\u009b31m';
  const shown = pretty((log) => log.info({ model, list: ['a'] }, 'a\nb\u001b[0m'));
  expect(shown).toBe(
    'TIME info  a b\\u001b[0m model="x y=\\"1\\"\\n12:00:00.000 ERROR \\u001b[31m\\u009b31m" list=["a"]\n',
  );
});
