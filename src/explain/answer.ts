import { z } from 'zod';

const share = z.number().nonnegative();

const candidate = z.discriminatedUnion('admitted', [
  z.object({
    endpoint: z.string(),
    name: z.string(),
    admitted: z.literal(true),
    total: z.number(),
    full: z.boolean(),
    scores: z.record(z.string(), z.number()),
  }),
  z.object({
    endpoint: z.string(),
    name: z.string(),
    admitted: z.literal(false),
    because: z.string(),
  }),
]);

const rule = z.object({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  place: z.string(),
  criticality: z.string().optional(),
  problem: z.string().optional(),
});

const target = z.object({
  name: z.string(),
  wanted: share,
  effective: share,
  reason: z.string().optional(),
  role: z.string(),
  group: z.string(),
});

const answer = z.object({
  model: z.string().optional(),
  host: z.string().optional(),
  outcome: z.enum(['forwarded', 'rejected']),
  pool: z.string().optional(),
  route: z.string().optional(),
  target: z.string().optional(),
  role: z.string().optional(),
  endpoint: z.string().optional(),
  fallbacks: z.array(z.string()).default([]),
  status: z.number().optional(),
  reason: z.string(),
  message: z.string().optional(),
  rule: rule.optional(),
  targets: z.array(target).default([]),
  roll: z.object({ value: share, by: z.string() }).optional(),
  candidates: z.array(candidate).default([]),
});

/** What `/debug/explain` answers, as far as it is printed. */
export type Answer = z.infer<typeof answer>;

/** One pod of an answer. */
export type AnsweredCandidate = Answer['candidates'][number];

/** Reads an answer; undefined if it is none. */
export function readAnswer(value: unknown): Answer | undefined {
  return answer.safeParse(value).data;
}
