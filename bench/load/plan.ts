import { z } from 'zod';

/** What a load process is told to do; each plan is bounded in count and in time. */
export const planSchema = z.object({
  /** Straight to the picker as Envoy would, or as an HTTP client to Envoy. */
  protocol: z.enum(['ext_proc', 'http']),
  port: z.number(),
  bodyBytes: z.number(),
  connections: z.number(),
  loop: z.discriminatedUnion('kind', [
    /** Each request is followed by the next. */
    z.object({ kind: z.literal('closed'), concurrency: z.number(), forMs: z.number(), requests: z.number() }),
    /** Requests begin at a rate, whatever becomes of those before, at moments that the seed gives. */
    z.object({
      kind: z.literal('open'),
      perSecond: z.number(),
      forMs: z.number(),
      seed: z.number().optional(),
    }),
    /** So many at once; none sends the end of its body before all have sent the rest. */
    z.object({ kind: z.literal('burst'), concurrency: z.number() }),
  ]),
});

/** A plan. */
export type LoadPlan = z.infer<typeof planSchema>;

/** What came of a plan. */
export const resultSchema = z.object({
  requests: z.number(),
  /** How many failed, by reason. */
  failures: z.record(z.string(), z.number()),
  elapsedMs: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  /** How long after they were due the requests of an open loop began, which is in the times above; 0 of other loops. */
  lateP99Ms: z.number(),
});

/** A result. */
export type LoadResult = z.infer<typeof resultSchema>;
