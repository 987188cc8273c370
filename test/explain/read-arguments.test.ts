import { expect, test } from 'vitest';
import { readArguments } from '../../src/explain/read-arguments.ts';

const ASKED = { model: 'm', body: undefined, pool: undefined, output: 'text', headers: [] };

test('a running Serin of this machine is asked unless another one is named', () => {
  expect(readArguments(['--model', 'm'], {})).toEqual({
    kind: 'ok',
    value: {
      ...ASKED,
      source: {
        kind: 'running',
        at: [
          { host: '127.0.0.1', port: 9091 },
          { host: '127.0.0.1', port: 9090 },
        ],
      },
    },
  });
  expect(readArguments(['--model=m', '--serin=[::1]:9', '--token-file=t', '-o', 'json'], {})).toEqual({
    kind: 'ok',
    value: {
      ...{ ...ASKED, output: 'json' },
      source: { kind: 'running', at: [{ host: '::1', port: 9 }], tokenFile: 't' },
    },
  });
});

test('headers are read by their names in lower case, and host is what HTTP/2 calls :authority', () => {
  const argv = ['--header=Host: test.com', '--header', 'X-Session-Id:a:b', '--header=:path: /v1', '--body=f'];
  expect(readArguments(argv, {})).toMatchObject({
    value: {
      body: 'f',
      headers: [
        [':authority', 'test.com'],
        ['x-session-id', 'a:b'],
        [':path', '/v1'],
      ],
    },
  });
});

test('a flag of serin serve has this process answer', () => {
  const argv = ['--model', 'm', '--endpoints', '10.0.0.1:8000', '--sticky-sessions', '--pool=llm/p'];
  expect(readArguments(argv, { SERIN_QUEUE_THRESHOLD: '9' })).toMatchObject({
    value: {
      pool: 'llm/p',
      source: { kind: 'offline', config: { stickySessions: true, queueThreshold: 9 } },
    },
  });
});

test('everything that is wrong is told at once', () => {
  expect(readArguments(['--header=nothing', '-o=xml', '--serin=here'], {})).toEqual({
    kind: 'invalid',
    problems: [
      '--serin=here: host:port expected',
      '--header=nothing: name:value expected',
      '--output=xml: text or json expected',
      'what is to be explained? give --model or --body',
    ],
  });
  expect(readArguments(['--model=m', '--serin=a:1', '--endpoints=10.0.0.1:1'], {})).toMatchObject({
    problems: [expect.stringContaining('goes without those of serin serve')],
  });
  expect(readArguments(['--model=m', '--bogus'], {})).toMatchObject({
    problems: ['--bogus: no such flag', expect.stringContaining('no pods')],
  });
});
