import { z } from 'zod';

/** Streams that run at once through one gateway. */
export const streamPlanSchema = z.object({
  port: z.number(),
  streams: z.number(),
  events: z.number(),
  intervalMs: z.number(),
});

/** One of them. */
export type StreamPlan = Readonly<z.infer<typeof streamPlanSchema>>;

/** What their clients saw; times from the pod's write to the client's read. */
export const streamResultSchema = z.object({
  streams: z.number(),
  failed: z.number(),
  events: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
});

/** One of those. */
export type StreamResult = Readonly<z.infer<typeof streamResultSchema>>;
