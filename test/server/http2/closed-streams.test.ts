import { expect, test } from 'vitest';
import { createClosedStreams, howClosed, noteClosed } from '../../../src/server/http2/closed-streams.ts';

test('the newest note of a stream counts, wherever in the ring it stands', () => {
  const closed = createClosedStreams();
  for (let id = 1; id <= 1024; id += 1) noteClosed(closed, id, 'ended');
  noteClosed(closed, 1024, 'reset');
  expect([1, 2, 1024].map((id) => howClosed(closed, id))).toEqual(['forgotten', 'ended', 'reset']);
});
