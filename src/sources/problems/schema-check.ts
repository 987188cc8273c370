import type { z } from 'zod';
import type { FieldPath } from './problem.ts';

/** A rule that a field breaks, before the field's place is known. */
export interface FieldProblem {
  readonly path: FieldPath;
  readonly message: string;
}

/** A value that has its schema's shape, or every field that has not. */
export type Checked<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] };

/** Checks untrusted input against a schema; `at` is the input's own path inside its object. */
export function check<T>(schema: z.ZodType<T>, input: unknown, at: FieldPath): Checked<T> {
  const result = schema.safeParse(input, { error: wordIssue });
  if (result.success) return { kind: 'ok', value: result.data };
  return { kind: 'invalid', problems: result.error.issues.flatMap((issue) => fieldProblems(issue, at)) };
}

function fieldProblems(issue: z.core.$ZodIssue, at: FieldPath): readonly FieldProblem[] {
  const path = [...at, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key], message: 'unknown field' }));
}

function wordIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}, not ${describe(issue.input)}`;
    case 'invalid_value':
      return `must be ${issue.values.join(' or ')}, not ${describe(issue.input)}`;
    case 'too_small':
      return bound(issue.origin, `at least ${issue.minimum}`);
    case 'too_big':
      return bound(issue.origin, `at most ${issue.maximum}`);
    default:
      return undefined;
  }
}

function bound(origin: string, limit: string): string {
  if (origin === 'array') return `must have ${limit} ${limit.endsWith(' 1') ? 'entry' : 'entries'}`;
  if (origin !== 'string') return `must be ${limit}`;
  return limit === 'at least 1' ? 'must not be empty' : `must have ${limit} characters`;
}

const ARTICLES: ReadonlyMap<string, string> = new Map([
  ['array', 'a list'],
  ['int', 'an integer'],
  ['number', 'an integer'],
  ['object', 'a mapping'],
  ['record', 'a mapping'],
]);

function article(type: string): string {
  return ARTICLES.get(type) ?? `a ${type}`;
}

function describe(input: unknown): string {
  if (input === null) return 'empty';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a mapping';
  return typeof input === 'string' ? JSON.stringify(input.slice(0, 40)) : String(input);
}
