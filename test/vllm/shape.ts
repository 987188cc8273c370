/** A JSON value as it is compared: as it is, but for what differs from answer to answer. */
export type Shape = string | number | boolean | null | readonly Shape[] | { readonly [key: string]: Shape };

/** Fields that tell of the time, the tokenizer or the generated text: only their types are compared. */
const VOLATILE: ReadonlySet<string> = new Set([
  'content',
  'created',
  'logprobs',
  'prompt_tokens',
  'system_fingerprint',
  'text',
]);
/** Of an identifier only what says what it identifies is compared. */
const IDENTIFIER = /^(cmpl|chatcmpl|modelperm)-.+$/;
/** What the web framework says of invalid fields: how many they are is compared, not the words. */
const VALIDATION = /^(\d+ validation errors?:)\n.*$/s;

/** Takes what is compared of a JSON value. */
export function shapeOf(value: unknown): Shape {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === 'object' && value !== null) return objectShape(value);
  if (typeof value === 'string') return value.replace(IDENTIFIER, '$1-…').replace(VALIDATION, '$1 …');
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function objectShape(value: object): Shape {
  const fields = new Map(Object.entries(value));
  const shapes = [...fields].map(([key, each]): [string, Shape] => [
    key,
    VOLATILE.has(key) && each !== null ? typeof each : shapeOf(each),
  ]);
  const shape = Object.fromEntries(shapes);
  if (!fields.has('total_tokens')) return shape;
  const sum = Number(fields.get('prompt_tokens')) + Number(fields.get('completion_tokens'));
  return { ...shape, total_tokens: fields.get('total_tokens') === sum ? 'the sum' : 'another number' };
}

/** The events of an SSE text: parsed, or the word `[DONE]`; throws if the text has anything else. */
export function eventsOf(text: string): readonly unknown[] {
  const events = text.split('\n\n');
  if (events.pop() !== '') throw new Error(`an event does not end: ${text}`);
  return events.map((event): unknown => {
    const [, sent] = /^data: (.+)$/.exec(event) ?? [];
    if (sent === undefined) throw new Error(`no event of one line: ${event}`);
    return sent === '[DONE]' ? sent : JSON.parse(sent);
  });
}

/**
 * The shapes of a stream's events, of equal ones in a row only the first: how many tokens a server puts into one
 * event depends on how busy it is, and with it the usage so far.
 */
export function eventShapes(text: string): readonly Shape[] {
  const shapes = eventsOf(text).map(shapeOf).map(withoutCount);
  return shapes.filter((shape, at) => JSON.stringify(shape) !== JSON.stringify(shapes[at - 1]));
}

function withoutCount(event: Shape): Shape {
  const text = JSON.stringify(event);
  return JSON.parse(text.replace(/("choices":\[\{.*"completion_tokens":)\d+/, '$1"so far"'));
}
