import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createCollector } from '../../src/extproc/collector.ts';
import { emptyHead } from '../../src/extproc/decode.ts';
import { withUsageAsked } from '../../src/extproc/include-usage.ts';
import { createRequestState } from '../../src/extproc/request-state.ts';
import { createBufferBudget } from '../../src/state/buffer-budget.ts';
import { seedDecide } from '../contract/case.ts';
import { inChunks } from '../core/json-documents.ts';

/** The body that a pod gets, and whether Serin keeps the event of the usage. */
function ask(body: readonly Uint8Array[]) {
  const deps = {
    decide: seedDecide,
    limits: { maxBodyBytes: 1 << 20, budget: createBufferBudget(1 << 20) },
    injectIncludeUsage: true,
    cutThrough: true,
    debugHeader: false,
    hints: { metadata: undefined, responseMetadata: undefined, flag: undefined, responseFlag: undefined },
    refusal: undefined,
  };
  const state = createRequestState(deps, createCollector());
  state.head = { ...emptyHead(), completions: true };
  state.responseMode = 'full-duplex';
  const sent = Buffer.concat(withUsageAsked(state, body)).toString();
  return { sent, usageAsked: state.usageAsked };
}

const other = fc.oneof(
  fc.string({ maxLength: 9 }),
  fc.integer(),
  fc.constant(null),
  fc.constant([{ stream: true }]),
);
const options = fc.oneof(
  fc.constant(null),
  fc.record({ include_usage: fc.constantFrom(true, false, null), x: other }, { requiredKeys: [] }),
);
const request = fc.record(
  {
    prompt: other,
    stream: fc.constantFrom(true, false, null),
    user: other,
    stream_options: options,
    n: other,
  },
  { requiredKeys: ['prompt'] },
);
const spaced = fc.tuple(request, fc.constantFrom(undefined, 1, '\t')).map(([value, space]) => ({
  value,
  text: JSON.stringify(value, undefined, space),
}));

it('a streamed request asks for its usage and is the same in all else, wherever its body is cut', () => {
  const cut = spaced.chain((body) => fc.tuple(fc.constant(body), inChunks(Buffer.from(body.text))));
  fc.assert(
    fc.property(cut, ([{ value, text }, chunks]) => {
      const { sent, usageAsked } = ask(chunks);
      const asks = value.stream_options?.include_usage === true;
      expect(usageAsked).toBe(value.stream === true && !asks);
      const wanted = { ...value.stream_options, include_usage: true };
      if (usageAsked) expect(JSON.parse(sent)).toEqual({ ...value, stream_options: wanted });
      else expect(sent).toBe(text);
    }),
    { numRuns: 500 },
  );
});

it('a body that is no JSON stays as it is', () => {
  expect(ask([Buffer.from('{"stream":true'), Buffer.from(',x}')])).toEqual({
    sent: '{"stream":true,x}',
    usageAsked: false,
  });
});
