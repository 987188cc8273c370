import type { Answer, Client } from '../e2e/client.ts';
import type { Question } from './questions.ts';
import { eventShapes, type Shape, shapeOf } from './shape.ts';

/** What is compared of an answer. */
export interface AnswerShape {
  readonly status: number;
  /** `content-type`, and the header that a wrong method gets. */
  readonly headers: Shape;
  /** Of a JSON body or the events of a stream their shape, any other as it is. */
  readonly body: Shape;
}

/** Asks a server every question in order. */
export async function answersOf(
  client: Client,
  questions: readonly Question[],
): Promise<ReadonlyMap<string, AnswerShape>> {
  const answers = new Map<string, AnswerShape>();
  for (const { name, method, path, body = '', headers = {} } of questions) {
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    answers.set(name, answerShape(await client.send({ method, path, headers, body: sent })));
  }
  return answers;
}

function answerShape({ status, headers, body }: Answer): AnswerShape {
  const { 'content-type': type = null, allow = null } = headers;
  return { status, headers: { type, allow }, body: bodyShape(type ?? '', body) };
}

function bodyShape(type: string, body: string): Shape {
  if (type.startsWith('text/event-stream')) return eventShapes(body);
  return type === 'application/json' && body !== '' ? shapeOf(JSON.parse(body)) : body;
}

/** What differs between two answers, a line each; of answers with different statuses only these. */
export function answerDifferences(
  name: string,
  real: AnswerShape,
  simulated: AnswerShape,
): readonly string[] {
  if (real.status !== simulated.status) return [`${name}: ${real.status}, simulated ${simulated.status}`];
  const [expected, actual] = [real, simulated].map(({ headers, body }) => leavesOf({ headers, body }));
  if (expected === undefined || actual === undefined) return [];
  const paths = [...new Set([...expected.keys(), ...actual.keys()])];
  return paths
    .filter((path) => expected.get(path) !== actual.get(path))
    .map(
      (path) =>
        `${name}${path}: ${expected.get(path) ?? 'absent'}, simulated ${actual.get(path) ?? 'absent'}`,
    );
}

/** The values in a shape by their paths, with those of empty lists and objects. */
function leavesOf(shape: Shape, path = ''): ReadonlyMap<string, string> {
  if (typeof shape !== 'object' || shape === null || Object.keys(shape).length === 0) {
    return new Map([[path, JSON.stringify(shape)]]);
  }
  const nested = Object.entries(shape).map(([key, each]) => leavesOf(each, `${path}.${key}`));
  return new Map(nested.flatMap((leaves) => [...leaves]));
}
