import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createShell } from '../../scripts/docker/shell.ts';
import { framedCompletion, PROCESS_PATH } from './grpc-message.ts';
import { SECURITY, type Serving, startServing } from './serving.ts';

const shell = createShell(process.env, new AbortController().signal);
const SMALL = 100;
const HEADERS = ['-H', 'content-type: application/grpc', '-H', 'te: trailers'];

/** The figures of a line like `requests: 20 total, 20 started, …`. */
function figuresOf(output: string, line: string): { readonly [name: string]: number } {
  const [, text = ''] = new RegExp(`^${line}: (.*)$`, 'm').exec(output) ?? [];
  const figures = [...text.matchAll(/(\d+) (\w+)/g)];
  return Object.fromEntries(figures.map(([, figure, name = '']) => [name, Number(figure)]));
}

/** A frame that nghttp says it has received. */
interface Frame {
  readonly kind: string;
  readonly flags: string;
  readonly isOnStream: boolean;
}

function framesOf(output: string): readonly Frame[] {
  const frames = [...output.matchAll(/recv (\w+) frame <length=\d+, flags=(0x\w+), stream_id=(\d+)>/g)];
  return frames.map(([, kind = '', flags = '', stream]) => ({ kind, flags, isOnStream: stream !== '0' }));
}

/** Frames by kind and flags, those that repeat the one before left out: how many carry a body is free. */
function outline(frames: readonly Frame[]): readonly string[] {
  const named = frames.map(({ kind, flags }) => `${kind} ${flags}`);
  return named.filter((frame, at) => frame !== named[at - 1]);
}

describe.each(SECURITY)('over $name', ({ flag, secure }) => {
  let serving: Serving;
  let folder = '';
  let url = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'serin-nghttp2-'));
    serving = await startServing(flag);
    url = `${secure ? 'https' : 'http'}://${serving.address}${PROCESS_PATH}`;
  });
  afterAll(async () => {
    await serving.stop();
    await rm(folder, { recursive: true });
  });

  it.each([
    ['20 000 small requests', 20_000, SMALL, ['-c', '8', '-m', '100']],
    ['400 bodies of 1 MiB', 400, 1 << 20, ['-c', '4', '-m', '8']],
    // Streams may get 255 bytes at once, and the connection 1023.
    [
      '400 bodies of 16 KiB through tiny windows',
      400,
      16 << 10,
      ['-c', '4', '-m', '8', '-w', '8', '-W', '10'],
    ],
  ])('answers %s that h2load sends on several connections', async (_name, count, promptBytes, shape) => {
    const { serin } = serving;
    const before = await serin.metric('serin_requests_total');
    const body = join(folder, `completion-${promptBytes}`);
    await writeFile(body, framedCompletion(promptBytes));
    const output = await shell.run('h2load', ['-n', `${count}`, ...shape, '-d', body, ...HEADERS, url]);
    expect(figuresOf(output, 'requests')).toMatchObject({
      done: count,
      succeeded: count,
      failed: 0,
      errored: 0,
      timeout: 0,
    });
    expect(figuresOf(output, 'status codes')).toMatchObject({ '2xx': count });
    expect((await serin.metric('serin_requests_total')) - before).toBe(count);
    expect(await serin.metric('serin_rejections_total')).toBe(0);
    await expect.poll(() => serin.metric('serin_streams_open')).toBe(0);
  });

  it('shows nghttp settings, headers, messages and trailers, in this order', async () => {
    const message = join(folder, 'completion');
    await writeFile(message, framedCompletion(SMALL));
    const output = await shell.run('nghttp', ['-v', '-d', message, ...HEADERS, url]);
    const frames = framesOf(output);
    expect(frames[0]).toEqual({ kind: 'SETTINGS', flags: '0x00', isOnStream: false });
    expect(frames).toContainEqual({ kind: 'SETTINGS', flags: '0x01', isOnStream: false });
    const answer = frames.filter(({ kind, isOnStream }) => isOnStream && kind !== 'WINDOW_UPDATE');
    expect(outline(answer)).toEqual(['HEADERS 0x04', 'DATA 0x00', 'HEADERS 0x05']);
    expect(output).toMatch(/recv \(stream_id=\d+\) :status: 200\n/);
    expect(output).toMatch(/recv \(stream_id=\d+\) content-type: application\/grpc(\+proto)?\n/);
    expect(output).toMatch(/recv \(stream_id=\d+\) grpc-status: 0\n/);
  });
});
