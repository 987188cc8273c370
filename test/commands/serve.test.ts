import { expect, test } from 'vitest';
import { serveCommand } from '../../src/commands/serve.ts';

/** What `serin serve` writes of a flag without a meaning. */
async function warned(isTTY: boolean | undefined, ...flags: readonly string[]): Promise<string> {
  const written: string[] = [];
  const stdout = { write: (text: string) => written.push(text), ...(isTTY === undefined ? {} : { isTTY }) };
  const argv = ['--endpoints=127.0.0.1:1', '--check-config', '--tracing', ...flags];
  const status = await serveCommand(argv, {
    env: {},
    signal: new AbortController().signal,
    stdout,
    stderr: { write: (text: string) => written.push(text) },
  });
  expect(status).toBe(0);
  return written.join('');
}

const JSON_LINE = /^\{"level":40,.*"msg":"--tracing has no meaning here and is passed over"\}\n$/;
const PRETTY_LINE = /^\d\d:\d\d:\d\d\.\d{3} WARN {2}--tracing has no meaning here and is passed over\n$/;

test('the log is text for people on a terminal, and JSON elsewhere, unless a flag says otherwise', async () => {
  expect(await warned(undefined)).toMatch(JSON_LINE);
  expect(await warned(false)).toMatch(JSON_LINE);
  expect(await warned(true)).toMatch(PRETTY_LINE);
  expect(await warned(true, '--log-format=json')).toMatch(JSON_LINE);
  expect(await warned(false, '--log-format=pretty')).toMatch(PRETTY_LINE);
});
