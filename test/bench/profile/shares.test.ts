import { expect, test } from 'vitest';
import type { Part } from '../../../bench/profile/parts.ts';
import { fileOf, partOf } from '../../../bench/profile/parts.ts';
import type { Profile } from '../../../bench/profile/profile-data.ts';
import { sharesOf } from '../../../bench/profile/shares.ts';

const ROOT = 'file:///home/somebody/src/serin';

function frame(functionName: string, url = '') {
  return {
    functionName,
    url: url.startsWith('src/') || url.startsWith('node_modules/') ? `${ROOT}/${url}` : url,
  };
}

test.each<[Part | undefined, ...(readonly [string, string?])[]]>([
  ['HTTP/2 and gRPC', ['receive', 'src/server/http2/receive.ts']],
  ['HTTP/2 and gRPC', ['read', 'src/server/grpc/message-reader.ts']],
  ['ext_proc messages', ['prepend', 'src/extproc/protobuf/writer.ts']],
  ['ext_proc messages', ['decode', 'src/extproc/decode.ts']],
  ['phases of a request', ['receive', 'src/extproc/exchange.ts']],
  ['phases of a request', ['advance', 'src/server/stream.ts']],
  ['reading bodies', ['step', 'src/core/json-scan-steps.ts']],
  ['deciding and picking', ['pick', 'src/core/pick.ts']],
  ['records, metrics, log', ['figuresOf', 'src/telemetry/target-metrics.ts']],
  ['records, metrics, log', ['recordOf', 'src/server/stream-record.ts']],
  ['scraping', ['parse', 'src/sources/scrape/parse-metrics.ts']],
  ['scraping', ['resume', 'node_modules/undici/lib/dispatcher/client.js']],
  ['libraries', ['inc', 'node_modules/prom-client/lib/counter.js']],
  ['the rest of Serin', ['compile', 'src/config/config.ts']],
  ['garbage collection', ['(garbage collector)'], ['pick', 'src/core/pick.ts']],
  ['system, native code', ['(program)']],
  ['Node', ['processTimers', 'node:internal/timers']],
  // What Serin calls of Node and of the system counts for the caller, but for the answers' way out.
  ['deciding and picking', ['utf8Slice'], ['toString', 'node:buffer'], ['pick', 'src/core/pick.ts']],
  ['writing replies', ['writev'], ['_writev', 'node:net'], ['flush', 'src/server/http2/output.ts']],
  ['scraping', ['writeLatin1String'], ['write', 'node:net'], ['ask', 'node_modules/undici/index.js']],
  [undefined, ['(idle)']],
  [undefined, ['post', 'node:inspector'], ['answer', 'bench/servers/usage.ts']],
])('%s: %j', (part, ...stack) => {
  expect(partOf(stack.map(([name, url]) => frame(name, url)))).toBe(part);
});

test('a file is named as in its checkout, whatever folders that is in', () => {
  expect(fileOf(`${ROOT}/src/core/pick.ts`)).toBe('src/core/pick.ts');
  expect(fileOf(`${ROOT}/node_modules/a/node_modules/undici/lib/x.js`)).toBe('node_modules/undici/lib/x.js');
  expect(fileOf('node:net')).toBe('node:net');
});

test('shares are of the samples in which the process did not wait, over all profiles', () => {
  const node = (id: number, callFrame: ReturnType<typeof frame>, children: number[] = []) => ({
    id,
    callFrame: { ...callFrame, lineNumber: 6 },
    children,
  });
  const nodes = [
    node(1, frame('(root)'), [2, 3, 5]),
    node(2, frame('(idle)')),
    node(3, frame('pick', 'src/core/pick.ts'), [4]),
    node(4, frame('log')),
    node(5, frame('', 'src/server/http2/output.ts')),
  ];
  const profile = (...samples: number[]): Profile => ({ nodes, samples });
  expect(sharesOf([profile(2, 2, 2, 3), profile(4, 4, 5, 2)], 2)).toEqual({
    samples: 4,
    parts: expect.arrayContaining([
      { part: 'HTTP/2 and gRPC', share: 0.25 },
      { part: 'deciding and picking', share: 0.75 },
      { part: 'garbage collection', share: 0 },
    ]),
    functions: [
      { name: 'log', file: '', part: 'deciding and picking', share: 0.5 },
      { name: 'pick', file: 'src/core/pick.ts', part: 'deciding and picking', share: 0.25 },
    ],
  });
  expect(sharesOf([profile(5)], 1).functions[0]?.name).toBe('(anonymous, line 7)');
});
