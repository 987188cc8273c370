import { expect, test } from 'vitest';
import { PREFACE } from '../../../src/server/http2/frame.ts';
import { encodeBlock } from '../../../src/server/http2/hpack/encoder.ts';
import { createReceiver } from '../../../src/server/http2/receive.ts';
import { sendHeaders } from '../../../src/server/http2/send.ts';
import { createBufferBudget } from '../../../src/state/buffer-budget.ts';
import { createLink, data, headers, settings } from './peer.ts';

const OK_BLOCK = encodeBlock([[':status', '200']]);

/** A connection that answers at once if it is to; `writes` are the streams that were answered in the midst of a chunk. */
function createAnswering(answers: boolean) {
  const writes: (readonly number[])[] = [];
  const link = createLink<unknown>({
    handlers: {
      onRequest: () => undefined,
      onData: (stream) => (answers ? sendHeaders(link.connection, stream, OK_BLOCK) : undefined),
      onDrained: () => undefined,
      onEnd: () => undefined,
      onClose: () => undefined,
    },
    budget: createBufferBudget(1 << 20),
  });
  const answered = () => link.frames().map(({ streamId }) => streamId);
  const receive = createReceiver(link.connection, () => void writes.push(answered()));
  receive(Buffer.concat([PREFACE, settings()]));
  answered();
  return { receive, writes, answered };
}

const requests = (...ids: readonly number[]) =>
  Buffer.concat(ids.flatMap((id) => [headers(id), data(id, 'x')]));

test('answers to many requests of one chunk leave before the last of them is read', () => {
  const { receive, writes, answered } = createAnswering(true);
  receive(requests(1, 3, 5, 7, 9, 11, 13, 15, 17, 19));
  expect([writes, answered()]).toEqual([
    [
      [1, 3, 5, 7],
      [9, 11, 13, 15],
    ],
    [17, 19],
  ]);
});

test('answers to a few requests are left for the end of their chunk, whatever came in others', () => {
  const { receive, writes, answered } = createAnswering(true);
  receive(requests(1, 3, 5));
  expect([writes, answered()]).toEqual([[], [1, 3, 5]]);
  receive(requests(7, 9, 11));
  expect([writes, answered()]).toEqual([[], [7, 9, 11]]);
});

test('without an answer nothing is sent, however much is read', () => {
  const { receive, writes, answered } = createAnswering(false);
  receive(requests(1, 3, 5, 7, 9, 11));
  expect([writes, answered()]).toEqual([[], []]);
});
