import { expect, test } from 'vitest';
import { createCollector } from '../../src/extproc/collector.ts';
import { createRequestBody } from '../../src/extproc/request-body.ts';
import { createRequestState, dispatch, type ExchangeDeps } from '../../src/extproc/request-state.ts';
import { createBufferBudget } from '../../src/state/buffer-budget.ts';
import { forward } from '../contract/case.ts';

const LIMITS = { maxBodyBytes: 1000, budget: createBufferBudget(1000) };

/** The size that a dispatch tells of a request with a length, a body as far as it has come, both or neither. */
function bytesOf(contentLength: number | undefined, held: string | undefined): number | undefined {
  const out = createCollector();
  const deps: Pick<ExchangeDeps, 'limits'> = { limits: LIMITS };
  const state = createRequestState(deps as ExchangeDeps, out);
  state.head = { ...state.head, contentLength };
  if (held !== undefined) {
    state.body = createRequestBody(LIMITS);
    state.body.add(Buffer.from(held));
  }
  dispatch(state, forward());
  const [effect] = out.take('nothing').effects;
  return effect?.kind === 'dispatched' ? effect.bytes : Number.NaN;
}

test('a dispatch tells how long the body is: by its header, else as far as it has come, else not', () => {
  expect(bytesOf(900, '{"model":')).toBe(900);
  expect(bytesOf(undefined, '{"model":')).toBe(9);
  expect(bytesOf(undefined, '')).toBeUndefined();
  expect(bytesOf(undefined, undefined)).toBeUndefined();
});
