import { expect, test } from 'vitest';
import { createScreen } from '../../src/demo/demo-screen.ts';
import { summariseRound } from '../../src/demo/round.ts';

const report = summariseRound(
  [{ kind: 'served', target: 'a', pod: 'p' }],
  [{ target: 'a', weight: 1 }],
  ['p'],
);

function record(format: 'table' | 'json', rounds: 'one' | 'until_stopped') {
  const results: string[] = [];
  const notes: string[] = [];
  const screen = createScreen(
    { results: { write: (text) => results.push(text) }, notes: { write: (text) => notes.push(text) } },
    format,
  );
  screen.started({ port: 8081, manifests: 'examples/multi-lora', page: 'http://127.0.0.1:9/', rounds }, [
    '127.0.0.1:1',
    '127.0.0.1:2',
  ]);
  screen.requests(1, 1);
  screen.report(report);
  screen.requests(1, 1);
  screen.report(report);
  screen.stopped();
  return { results: results.join(''), notes: notes.join('') };
}

test('shows tables, and once the curl line and what to do next', () => {
  const { results, notes } = record('table', 'until_stopped');
  const table = `
target  weight   wanted  requests  observed
a            1  100.0 %         1   100.0 %

pod  requests
p           1

Too few requests (1) to judge the split: --requests 50 or more.

`;
  expect(results).toBe(table + table);
  expect(notes).toBe(`\
Envoy on 127.0.0.1:8081, Serin with examples/multi-lora, vLLM on 127.0.0.1:1, 127.0.0.1:2.
Watch it live: http://127.0.0.1:9/
[########################################] 1/1 requests
Ask it yourself:

curl -H "host: test.com" 127.0.0.1:8081/v1/completions \\
  -H 'Content-Type: application/json' \\
  -d '{
    "model": "lora-request",
    "prompt": "Write as if you were a critic: San Francisco",
    "max_tokens": 100,
    "temperature": 0
  }' -v

Edit the weights in examples/multi-lora (to 90 and 10, say): the next table shows it. Ctrl-C stops.
[########################################] 1/1 requests
`);
});

test('a demo that stops after its table gives no advice', () => {
  expect(record('table', 'one').notes).not.toContain('curl');
});

test('JSON is one line per round, and nothing else stands between', () => {
  const { results } = record('json', 'until_stopped');
  const lines = results.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([report, report]);
});
