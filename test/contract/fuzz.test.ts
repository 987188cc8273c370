import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/core/decision.ts';
import type { WireBodyMode, WireRequest, WireResponse } from '../../src/extproc/wire.ts';
import { forward, seedDecide } from './case.ts';
import { modes, requestBody, requestHeaders, responseBody, responseHeaders } from './messages.ts';
import { createCaseService } from './service.ts';
import { summarize } from './summary.ts';

const bodyMode = fc.constantFrom<WireBodyMode>(
  'NONE',
  'STREAMED',
  'BUFFERED',
  'BUFFERED_PARTIAL',
  'FULL_DUPLEX_STREAMED',
);
const config = fc.option(
  fc.tuple(bodyMode, bodyMode).map(([request, response]) => modes(request, response)),
  { nil: undefined },
);
const headers = fc.dictionary(
  fc.constantFrom(':authority', 'content-type', 'content-encoding', 'content-length', 'x-gateway-model-name'),
  fc.constantFrom('test.com', 'multipart/form-data', 'gzip', '12', '99999999', 'lora-request', ''),
);
const piece = fc.oneof(
  fc.constantFrom('{"model":"lora-request"}', '{"model":', '"lora-request"}', '{"model":1}', '', ' ', '}'),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const message: fc.Arbitrary<WireRequest> = fc.oneof(
  fc
    .tuple(config, headers, fc.boolean())
    .map(([given, named, eos]) =>
      requestHeaders({ headers: named, eos, ...(given === undefined ? {} : { modes: given }) }),
    ),
  fc.tuple(piece, fc.boolean(), config).map(([text, eos, given]) => requestBody(text, eos, given)),
  fc.constant<WireRequest>({ request_trailers: {} }),
  fc.tuple(fc.constantFrom(200, 413, 503), fc.boolean()).map(([status, eos]) => responseHeaders(status, eos)),
  fc.tuple(piece, fc.boolean()).map(([text, eos]) => responseBody(text, eos)),
  fc.constant<WireRequest>({ response_trailers: {} }),
  fc.constant<WireRequest>({}),
);
const step = fc.oneof(
  { weight: 8, arbitrary: message.map((send) => ({ send })) },
  { weight: 1, arbitrary: fc.constant({ expire: true as const }) },
  { weight: 1, arbitrary: fc.constant({ release: forward() }) },
);

/** Runs some steps to the end of the stream; gives the kinds of the replies and the bytes still held. */
function run(steps: readonly Step[], holds: boolean) {
  const decide = holds ? () => ({ kind: 'hold' as const }) : seedDecide;
  const { service, wheel, release, heldBytes } = createCaseService({ name: '', steps: [], decide });
  const sent: WireResponse[] = [];
  const handlers = service({
    send: (reply) => void sent.push(reply),
    end: () => undefined,
    metadata: () => undefined,
    authority: undefined,
  });
  for (const each of steps) {
    if ('send' in each) handlers.onMessage(each.send);
    else if ('release' in each) release(each.release);
    else wheel.expire();
  }
  handlers.onClose();
  return { kinds: sent.map((reply) => String(summarize(reply).kind)), heldBytes: heldBytes() };
}

type Step = { readonly send: WireRequest } | { readonly expire: true } | { readonly release: Decision };

describe('a stream, whatever arrives in whatever order', () => {
  it('never faults, refuses at most once and answers no request part after that, and gives all memory back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), fc.boolean(), (steps, holds) => {
        const { kinds, heldBytes } = run(steps, holds);
        const refusal = kinds.indexOf('immediate');
        const after = refusal < 0 ? [] : kinds.slice(refusal + 1);
        expect(after.filter((kind) => kind === 'immediate' || kind.startsWith('request'))).toEqual([]);
        expect(heldBytes).toBe(0);
      }),
      { numRuns: 3_000 },
    );
  });
});
