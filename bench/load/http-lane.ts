import type { Socket } from 'node:net';
import { completionBody } from './completion.ts';
import type { Lane, Outcome } from './lane.ts';
import { ANSWERED } from './lane.ts';

const HEAD_END = '\r\n\r\n';

/** The bytes of a POST of a completion, as a client with keep-alive sends it. */
export function postBytes(bodyBytes: number): Buffer {
  const body = completionBody(bodyBytes);
  const head = ['POST /v1/completions HTTP/1.1', 'host: test.com', 'content-type: application/json'];
  return Buffer.concat([
    Buffer.from(`${head.join('\r\n')}\r\ncontent-length: ${body.length}${HEAD_END}`),
    body,
  ]);
}

/** Opens a lane of HTTP/1.1 on a connected socket: one request at a time, over one connection. */
export function openHttpLane(socket: Socket, post: Buffer, nowMs: () => number): Lane {
  let received = '';
  let startedMs = 0;
  let current: ((outcome: Outcome) => void) | undefined;

  function finish(outcome: Outcome): void {
    const done = current;
    current = undefined;
    received = '';
    done?.(outcome);
  }

  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    const outcome = readAnswer(received);
    if (outcome !== undefined) finish(outcome);
  });
  socket.on('error', (error) => finish({ kind: 'failed', reason: error.message }));
  socket.on('close', () => finish({ kind: 'failed', reason: 'connection closed' }));
  return {
    begin: (onDone) => {
      startedMs = nowMs();
      current = onDone;
      if (socket.writable) socket.write(post);
      else finish({ kind: 'failed', reason: 'connection closed' });
    },
    flush: () => undefined,
    expire: (beforeMs) => {
      if (startedMs < beforeMs) finish({ kind: 'failed', reason: 'timed out' });
    },
    close: () => socket.destroy(),
  };
}

/** How an answer with a `content-length` went; undefined until all of it is there. */
function readAnswer(text: string): Outcome | undefined {
  const end = text.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const [, length] = /^content-length: (\d+)\r$/im.exec(text) ?? [];
  if (length === undefined) return { kind: 'failed', reason: 'answer without content-length' };
  if (text.length < end + HEAD_END.length + Number(length)) return undefined;
  const status = text.slice(9, 12);
  return status === '200' ? ANSWERED : { kind: 'failed', reason: `status ${status}` };
}
