import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PickRequest } from '../../src/core/decision.ts';
import { targetName } from '../../src/core/names.ts';
import { inChunks } from '../core/json-documents.ts';
import type { Case, Step } from './case.ts';
import { forward } from './case.ts';
import { runInMemory } from './memory-driver.ts';
import { modes, requestBody, requestHeaders, requestTrailers } from './messages.ts';
import type { Summary } from './summary.ts';

/** Takes every model, since a name that nobody knows is refused before the rest of a body is seen. */
function decide({ model, prompt }: PickRequest) {
  prompt?.();
  if (model === 'lora-request') return forward();
  return forward({ model, target: model === undefined ? undefined : targetName(model) });
}

const member = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('"model":"lora-request"', '"mod\\u0065l" : "lora\\u002drequest"') },
  fc.constantFrom('"model":"sql-lora"', '"model":[1,"a"]', '"model":1', '"model":"\\ud83d\\ude00"'),
  {
    weight: 4,
    arbitrary: fc.constantFrom('"n":[1,{"model":"x"}]', '"t":1e5', `"prompt":"${'ab\\"'.repeat(30)}"`, '"n"'),
  },
);
const ending = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('}', '}  ', '}\n') },
  fc.constantFrom('', ',', '}x', ']'),
);

/** A body, faults included. */
const body = fc
  .tuple(fc.array(member, { maxLength: 5 }), ending)
  .map(([members, end]) => `{${members.join(',')}${end}`);

type End = 'last chunk' | 'empty chunk' | 'trailers';

/** The messages of one request in full duplex. */
const steps = fc
  .tuple(
    body.chain((text) => fc.tuple(fc.constant(text), inChunks(Buffer.from(text)))),
    fc.constantFrom<End>('last chunk', 'empty chunk', 'trailers'),
    fc.boolean(),
  )
  .map(([[text, chunks], end, tellsLength]): readonly Step[] => {
    const length = { 'content-length': String(Buffer.byteLength(text)) };
    const headers = tellsLength ? length : {};
    const last = end === 'last chunk' ? chunks.length - 1 : -1;
    const sent = [
      requestHeaders({ modes: modes('FULL_DUPLEX_STREAMED'), headers }),
      ...chunks.map((chunk, index) => requestBody(chunk, index === last)),
      ...(end === 'trailers' ? [requestTrailers] : last < 0 ? [requestBody('', true)] : []),
    ];
    return sent.map((send) => ({ send, expect: [] }));
  });

/** What Envoy and the rest of the process see of a request, however its replies are cut. */
function outcomeOf(row: Case) {
  const { replies, effects, heldBytes } = runInMemory(row);
  const flat = replies.flat();
  const refusal = flat.find(({ kind }) => kind === 'immediate');
  const text = flat.map(({ chunk }) => chunk ?? '').join('');
  return {
    order: orderOf(flat),
    refusal,
    // What went to the pod before a refusal depends on where the body was cut off.
    text: refusal === undefined ? text : undefined,
    routed: effects.filter((kind) => kind === 'routed').length,
    rejected: effects.filter((kind) => kind === 'rejected').length,
    settled: effects.includes('unreached') === (effects.includes('dispatched') && refusal !== undefined),
    heldBytes,
  };
}

/** The kinds of the replies with chunks in a row as one, which must be whole characters of a legal order. */
function orderOf(replies: readonly Summary[]): string {
  const kinds = replies.map(({ kind, eos }) => {
    if (kind === 'request-body') return eos === true ? 'E' : 'c';
    return kind === 'request-headers' ? 'h' : kind === 'request-trailers' ? 't' : 'i';
  });
  const legal = /^(?:hc*(?:E|t|i)|i)$/.test(kinds.join(''));
  return legal ? (kinds.at(-1) ?? '') : kinds.join('');
}

describe('a body that goes on before its end', () => {
  it('reaches the pod, or is refused, just as one that is held until then', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const row: Case = { name: '', decide, steps: given };
        const early = outcomeOf(row);
        expect(early).toEqual(outcomeOf({ ...row, cutThrough: false }));
        expect(early).toEqual(outcomeOf({ ...row, readsPrompts: true }));
        expect(early.order).toMatch(/^[Eti]$/);
        expect(early).toMatchObject({ settled: true, heldBytes: 0 });
        expect(early.routed + early.rejected).toBe(1);
      }),
      { numRuns: 3_000 },
    );
  });
});
