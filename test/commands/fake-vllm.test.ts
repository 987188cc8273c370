import { expect, test, vi } from 'vitest';
import { fakeVllmCommand } from '../../src/commands/fake-vllm.ts';

/** Runs the command as a user would; it ends when `stop` is called. */
function start(argv: readonly string[]) {
  const stop = new AbortController();
  const output = { stdout: '', stderr: '', statuses: [] as number[] };
  const command = fakeVllmCommand({
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    signal: stop.signal,
    exit: (status) => output.statuses.push(status),
  })
    .exitOverride()
    .configureOutput({
      writeErr: (text) => (output.stderr += text),
      writeOut: (text) => (output.stdout += text),
    });
  const ended = command.parseAsync(argv, { from: 'user' });
  const url = () =>
    vi.waitFor(() => {
      const [, address] = /listens on (\S+)\n/.exec(output.stdout) ?? [];
      expect(address).toBeDefined();
      return `http://${address}`;
    });
  return { output, ended, url, stop: () => stop.abort() };
}

async function jsonOf(url: string, init: RequestInit = {}): Promise<unknown> {
  return (await fetch(url, init)).json();
}

test('serves what its flags say until it is told to end', async () => {
  const flags = ['--port', '0', '--model', '/model/llama2', '--served-model-name', 'llama2', 'base'];
  flags.push('--lora-modules', 'sql-lora=/adapters/sql', 'tweet-summary=/adapters/tweet');
  flags.push('--max-loras', '2', '--max-cpu-loras', '12', '--max-num-seqs', '8', '--max-model-len', '99');
  flags.push('--num-gpu-blocks-override', '7', '--metrics-generation', 'v0', '--record-requests', '1');
  const { ended, url, stop, output } = start(flags);
  const at = await url();
  expect(at).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await jsonOf(`${at}/v1/models`)).toMatchObject({
    data: [
      { id: 'llama2', root: '/model/llama2', max_model_len: 99 },
      { id: 'base', root: '/model/llama2' },
      { id: 'sql-lora', root: '/adapters/sql', parent: 'llama2' },
      { id: 'tweet-summary', root: '/adapters/tweet', parent: 'llama2' },
    ],
  });
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ model: 'sql-lora', prompt: 'a' });
  await jsonOf(`${at}/v1/completions`, { method: 'POST', headers, body });
  expect(await jsonOf(`${at}/admin/last`)).toMatchObject([{ body }]);
  const page = await (await fetch(`${at}/metrics`)).text();
  expect(page).toContain('vllm:gpu_cache_usage_perc{model_name="llama2"}');
  expect(page).toContain('num_gpu_blocks="7"');
  expect(page).toContain('max_lora="2"');
  stop();
  await ended;
  expect(output.statuses).toEqual([]);
  await expect(fetch(at)).rejects.toThrow();
});

test('times and the key are flags too', async () => {
  const flags = ['--port', '0', '--api-key', 'k', '--time-to-first-token', '20', '--time-per-token', '20'];
  const { ended, url, stop } = start([
    ...flags,
    '--lora-modules',
    'a=/a',
    '--lora-modules',
    'b=/b',
    '--lora-swap',
    '20',
  ]);
  const at = await url();
  expect(await jsonOf(`${at}/v1/models`)).toEqual({ error: 'Unauthorized' });
  const headers = { 'content-type': 'application/json', authorization: 'Bearer k' };
  const startedMs = performance.now();
  // One slot, taken by b: a swap, the first token, and a second one.
  const body = JSON.stringify({ model: 'a', prompt: 'a', max_tokens: 2 });
  await jsonOf(`${at}/v1/completions`, { method: 'POST', headers, body });
  expect(performance.now() - startedMs).toBeGreaterThan(75);
  stop();
  await ended;
});

test('prints an IPv6 address with brackets', async () => {
  const { ended, url, stop } = start(['--port', '0', '--host', '::1']);
  expect(await url()).toMatch(/^http:\/\/\[::1\]:\d+$/);
  stop();
  await ended;
});

test('a taken port is one clear line', async () => {
  const first = start(['--port', '0']);
  const port = new URL(await first.url()).port;
  const second = start(['--port', port]);
  await second.ended;
  expect(second.output).toEqual({
    stdout: '',
    stderr: `serin fake-vllm: cannot listen on 127.0.0.1:${port}: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`,
    statuses: [1],
  });
  first.stop();
  await first.ended;
});

test('as vLLM, it wants room in CPU memory for what is on the GPU', async () => {
  const { ended, output } = start(['--max-loras', '4', '--max-cpu-loras', '2']);
  await ended;
  expect(output).toEqual({
    stdout: '',
    stderr: 'serin fake-vllm: --max-cpu-loras 2 is less than --max-loras 4\n',
    statuses: [1],
  });
});

test.each([
  [['--max-num-seqs', '0'], 'from 1 to'],
  [['--port', '65536'], 'from 0 to 65535'],
  [['--time-per-token', '1.5'], 'whole number'],
  [['--lora-modules', 'a'], 'It must be NAME=PATH.'],
  [['--metrics-generation', 'v2'], 'Allowed choices are v0, v1'],
  [['--unknown'], 'unknown option'],
])('refuses %j', async (argv, said) => {
  const { ended, output } = start(argv);
  await expect(ended).rejects.toThrow();
  expect(output.stderr).toContain(said);
});

test('its help tells what tests may set', async () => {
  const { ended, output } = start(['--help']);
  await expect(ended).rejects.toThrow();
  for (const word of ['/admin/faults', 'stallAfterTokens', '/admin/load', '/admin/requests', '/admin/last']) {
    expect(output.stdout).toContain(word);
  }
});
