import { z } from 'zod';

const count = z.number();

const estimate = z.object({ share: z.number(), low: z.number(), high: z.number() }).readonly();

const quantiles = z.object({ p50: z.number(), p95: z.number() }).readonly();

/** What became of the requests for one target within one window. */
const figures = z
  .object({
    seconds: count,
    requests: count,
    /** Of the requests for the model. */
    share: estimate.optional(),
    /** True if chance alone would hardly take it so far from the weight in force. */
    off: z.boolean(),
    status4xx: count,
    status5xx: count,
    /** Their client left, or no response came. */
    unanswered: count,
    errorShare: estimate.optional(),
    firstTokenMs: quantiles.optional(),
    durationMs: quantiles.optional(),
    promptTokensPerSecond: z.number(),
    completionTokensPerSecond: z.number(),
    /** Requests whose answer told its tokens. */
    withUsage: count,
  })
  .readonly();

const target = z
  .object({
    target: z.string(),
    /** `stable` or `canary`, where the object's weights or annotations make it one. */
    role: z.string().optional(),
    /** Whom it is compared with; the role, unless annotations name another one. */
    group: z.string().optional(),
    /** Weights as numbers; absent for a target that got requests without an object's weight. */
    wanted: z.number().optional(),
    effective: z.number().optional(),
    /** Parts of all weights of the model. */
    wantedShare: z.number().optional(),
    effectiveShare: z.number().optional(),
    /** Why the weight in force is another. */
    reason: z.string().optional(),
    windows: z.array(figures).readonly(),
  })
  .readonly();

const model = z
  .object({
    /** Absent for all names together that no policy and no pod names. */
    model: z.string().optional(),
    object: z.string().optional(),
    /** Why the object is not in force. */
    problem: z.string().optional(),
    targets: z.array(target).readonly(),
  })
  .readonly();

const endpoint = z
  .object({
    name: z.string(),
    address: z.string(),
    state: z.string(),
    waiting: count,
    running: count,
    kvUsage: z.number(),
    /** Requests that this replica has forwarded, and whose responses go on. */
    inFlight: count,
    maxLoras: count,
    adapters: z.array(z.string()).readonly(),
    ageSeconds: z.number().optional(),
  })
  .readonly();

const pool = z
  .object({ pool: z.string(), models: z.array(model).readonly(), endpoints: z.array(endpoint).readonly() })
  .readonly();

const rejections = z
  .object({
    windows: z
      .array(z.object({ seconds: count, reasons: z.record(z.string(), count).readonly() }).readonly())
      .readonly(),
    /** Of this replica alone, the latest first. */
    recent: z
      .array(
        z
          .object({
            atMs: z.number(),
            reason: z.string(),
            status: count,
            pool: z.string().optional(),
            model: z.string().optional(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();

/** Everything that the live page and `serin status` show, as `/debug/status` tells it. */
export const LIVE_STATUS = z
  .object({
    version: z.literal(1),
    atMs: z.number(),
    /** Empty when ready; else what is still waited for. */
    waitingFor: z.array(z.string()).readonly(),
    replicas: z
      .object({
        /** Those whose figures are added up, this one included. */
        answered: count,
        known: count,
        missing: z.array(z.object({ address: z.string(), problem: z.string() }).readonly()).readonly(),
      })
      .readonly(),
    pools: z.array(pool).readonly(),
    rejections,
    problems: z
      .array(z.object({ source: z.string(), text: z.string(), sinceMs: z.number() }).readonly())
      .readonly(),
    moreProblems: count,
    conflicts: z
      .array(z.object({ name: z.string(), winner: z.string(), loser: z.string() }).readonly())
      .readonly(),
  })
  .readonly();

/** What the live page and `serin status` show. */
export type LiveStatus = z.infer<typeof LIVE_STATUS>;

/** One pool of it. */
export type PoolStatus = LiveStatus['pools'][number];

/** One model of a pool. */
export type ModelStatus = PoolStatus['models'][number];

/** One target of a model. */
export type TargetStatus = ModelStatus['targets'][number];

/** What one window has of a target. */
export type TargetFigures = TargetStatus['windows'][number];

/** One pod of a pool. */
export type EndpointStatus = PoolStatus['endpoints'][number];
