import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TargetName, targetName } from '../../src/core/names.ts';
import { createHeldBytes } from '../../src/extproc/held-bytes.ts';
import { createRequestBody } from '../../src/extproc/request-body.ts';
import { createBufferBudget } from '../../src/state/buffer-budget.ts';
import { inChunks } from '../core/json-documents.ts';

const TARGET = targetName('sql-lora');
const LIMIT = 1 << 20;

/** Values that stand between the occurrences of `model`. */
const other = fc.constantFrom(
  '"prompt":"\\"model\\":\\"lora-request\\""',
  '"n":[1,{"model":"inner"}]',
  '"t":1e5',
);
const spelling = fc.constantFrom('"model"', '"mod\\u0065l"', ' "model" ');
const value = fc.constantFrom('"lora-request"', ' "lora\\u002drequest"');
const model = fc.tuple(spelling, value).map(([key, text]) => `${key}:${text}`);

/** A body in which `model` occurs once or more, cut into chunks. */
const bodies = fc
  .tuple(fc.array(other, { maxLength: 3 }), model, fc.array(fc.oneof(other, model), { maxLength: 5 }))
  .map(([before, first, after]) => `{${[...before, first, ...after].join(',')}}`)
  .chain((text) => fc.tuple(fc.constant(text), inChunks(Buffer.from(text))));

function renamed(text: string): string {
  const names = /((?:"model"|"mod\\u0065l")\s*:\s*)"lora(?:-|\\u002d)request"/g;
  return text.replace(names, '$1"sql-lora"');
}

/** Sends a body on as it comes; gives what went on, and what is held at the end. */
function sendOn(chunks: readonly Uint8Array[], target: TargetName | undefined) {
  const budget = createBufferBudget(LIMIT);
  const body = createRequestBody({ maxBodyBytes: LIMIT, budget });
  const out: Uint8Array[] = [];
  for (const chunk of chunks) {
    expect(body.add(chunk)).toBeUndefined();
    if (body.model() === undefined) body.wait();
    else out.push(...body.take(target));
  }
  expect(body.finish()).toBeUndefined();
  out.push(...body.take(target));
  return { text: Buffer.concat(out).toString(), heldBytes: budget.used() };
}

describe('a body that goes on while it arrives', () => {
  it('is the same as one that is rewritten whole, however it is cut', () => {
    fc.assert(
      fc.property(bodies, ([text, chunks]) => {
        expect(sendOn(chunks, TARGET)).toEqual({ text: renamed(text), heldBytes: 0 });
        expect(sendOn(chunks, undefined)).toEqual({ text, heldBytes: 0 });
      }),
      { numRuns: 1_000 },
    );
  });

  it('holds no more than a value of `model` that is not whole', () => {
    const budget = createBufferBudget(LIMIT);
    const body = createRequestBody({ maxBodyBytes: LIMIT, budget });
    const held = ['{"model":"lora-request"', ',"prompt":"a long one","model":"lo', 'ra', '-request"'].map(
      (chunk) => {
        body.add(Buffer.from(chunk));
        body.take(TARGET);
        return budget.used();
      },
    );
    expect(held).toEqual([0, 3, 5, 0]);
  });

  it('keeps of a value that drips in neither its drops nor the chunk in which it began', () => {
    const held = createHeldBytes(createBufferBudget(LIMIT));
    const chunk = Buffer.alloc(100_000, 'a');
    held.push(chunk);
    held.takeTo(chunk.length - 1);
    for (let drop = 0; drop < 5_000; drop += 1) {
      held.push(Buffer.from('b'));
      expect(held.takeTo(chunk.length - 1).chunks).toEqual([]);
    }
    const { chunks, base } = held.takeTo(held.total());
    expect({ base, text: Buffer.concat(chunks).toString() }).toEqual({
      base: chunk.length - 1,
      text: `a${'b'.repeat(5_000)}`,
    });
    expect(chunks.length).toBeLessThan(4);
    expect(chunks.map(({ buffer }) => buffer === chunk.buffer)).not.toContain(true);
  });

  it('holds everything until its model is known, and gives it back when it is given up', () => {
    const budget = createBufferBudget(LIMIT);
    const body = createRequestBody({ maxBodyBytes: LIMIT, budget });
    body.add(Buffer.from('{"prompt":"a"'));
    expect([body.model(), budget.used()]).toEqual([undefined, 13]);
    body.release();
    body.release();
    expect(budget.used()).toBe(0);
  });
});
