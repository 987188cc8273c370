import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDeadline } from '../../../src/sources/scrape/deadline.ts';

/** Keeps the whole process busy. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Both ends of a connection. */
async function connect(): Promise<readonly [Socket, Socket]> {
  const { connect: open } = await import('node:net');
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const client = open(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  const other = await accepted;
  onTestFinished(() => {
    client.destroy();
    other.destroy();
    server.close();
  });
  return [client, other];
}

const never = () => new AbortController().signal;

describe('createDeadline', () => {
  it('aborts when the time is over', async () => {
    const { signal } = createDeadline(5, never());
    await expect.poll(() => signal.aborted).toBe(true);
  });

  it('aborts with the other signal, also with one that has aborted before', () => {
    const parent = new AbortController();
    const { signal } = createDeadline(60_000, parent.signal);
    expect(signal.aborted).toBe(false);
    parent.abort();
    expect(signal.aborted).toBe(true);
    expect(createDeadline(60_000, parent.signal).signal.aborted).toBe(true);
  });

  it('does not abort once it was cleared', async () => {
    const parent = new AbortController();
    const cleared = createDeadline(5, parent.signal);
    const later = createDeadline(20, never());
    cleared.clear();
    parent.abort();
    await expect.poll(() => later.signal.aborted).toBe(true);
    expect(cleared.signal.aborted).toBe(false);
  });

  it('lets a busy process read what arrived in time before the time counts as over', async () => {
    const [client, other] = await connect();
    const events: string[] = [];
    const read = new Promise<void>((resolve) =>
      client.on('data', () => {
        events.push('read');
        resolve();
      }),
    );
    const { signal } = createDeadline(20, never());
    signal.addEventListener('abort', () => events.push('aborted'));
    other.write('x');
    block(60);
    await read;
    await expect.poll(() => events).toEqual(['read', 'aborted']);
  });
});
