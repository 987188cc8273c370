import { expect, it } from 'vitest';
import { emptyHead } from '../../src/extproc/decode.ts';
import { createExchange } from '../../src/extproc/exchange.ts';
import type { Inbound } from '../../src/extproc/inbound.ts';
import { createBufferBudget } from '../../src/state/buffer-budget.ts';
import { seedDecide } from '../contract/case.ts';

/** Sends a body in full duplex; gives the parts of the chunks that go to the pod. */
function partsOf(bodies: readonly Buffer[]): readonly Uint8Array[] {
  const exchange = createExchange({
    decide: seedDecide,
    limits: { maxBodyBytes: 1 << 20, budget: createBufferBudget(1 << 20) },
    injectIncludeUsage: false,
    cutThrough: true,
    debugHeader: false,
    hints: { metadata: undefined, responseMetadata: undefined, flag: undefined, responseFlag: undefined },
    refusal: undefined,
  });
  const first = {
    subset: undefined,
    modes: { request: 'full-duplex', response: 'none' },
    endOfStream: false,
  } as const;
  const messages: readonly Inbound[] = [
    { ...first, kind: 'request-headers', head: emptyHead() },
    ...bodies.map((bytes, at) => ({
      ...({ kind: 'request-body', bytes, endOfStream: at === bodies.length - 1 } as const),
      ...{ modes: undefined, subset: undefined },
    })),
  ];
  const replies = messages.flatMap((message) => exchange.receive({ kind: 'message', message }).replies);
  return replies.flatMap((reply) => (reply.kind === 'request-chunk' ? reply.parts : []));
}

const BODY = Buffer.from('{"model":"sql-lora"}');

it('white space that drips in after a body that is whole costs no more than its bytes', () => {
  const drops = Array.from({ length: 5_000 }, () => Buffer.from(' '));
  const parts = partsOf([BODY, ...drops, Buffer.alloc(0)]);
  expect(Buffer.concat(parts).toString()).toBe(`${BODY}${' '.repeat(5_000)}`);
  expect(parts.length).toBeLessThan(5);
});

it('a body that is whole before the message that ends it goes on without a copy', () => {
  expect(partsOf([BODY, Buffer.alloc(0)])[0]?.buffer).toBe(BODY.buffer);
});
