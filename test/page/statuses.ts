import type { LiveStatus, ModelStatus, TargetFigures } from '../../src/status/live-status.ts';

/** A quarter past seven in the evening, UTC. */
export const AT_MS = Date.UTC(2026, 0, 5, 19, 15);

/** What a window has of a target, all of it known. */
export function figures(seconds: number, more: Partial<TargetFigures> = {}): TargetFigures {
  return {
    ...{ seconds, requests: 1_200, off: false, status4xx: 0, status5xx: 0, unanswered: 0, withUsage: 1_200 },
    share: { share: 0.9, low: 0.88, high: 0.915 },
    errorShare: { share: 0, low: 0, high: 0.003 },
    ...{ firstTokenMs: { p50: 42, p95: 180 }, durationMs: { p50: 1_230, p95: 4_500 } },
    ...{ promptTokensPerSecond: 96, completionTokensPerSecond: 1_250.4 },
    ...more,
  };
}

/** A canary of a tenth. */
export const CANARY: ModelStatus = {
  ...{ model: 'lora-request', object: 'InferenceModel default/sample' },
  targets: [
    {
      ...{
        target: 'sql-lora',
        role: 'stable',
        group: 'stable',
        wanted: 90,
        effective: 90,
        wantedShare: 0.9,
        effectiveShare: 0.9,
      },
      windows: [figures(60, { requests: 240 }), figures(300)],
    },
    {
      ...{
        target: 'sql-lora-1',
        role: 'canary',
        group: 'v2',
        wanted: 10,
        effective: 10,
        wantedShare: 0.1,
        effectiveShare: 0.1,
      },
      windows: [
        figures(60, { requests: 20, share: { share: 0.08, low: 0.05, high: 0.12 } }),
        figures(300, {
          ...{ requests: 133, share: { share: 0.1, low: 0.085, high: 0.12 } },
          ...{
            status5xx: 4,
            errorShare: { share: 0.03, low: 0.01, high: 0.08 },
            status4xx: 2,
            unanswered: 1,
          },
        }),
      ],
    },
  ],
};

/** A pool of one model and two pods, on three replicas, and nothing wrong. */
export function statusWith(
  more: Partial<LiveStatus> = {},
  models: readonly ModelStatus[] = [CANARY],
): LiveStatus {
  return {
    ...{ version: 1, atMs: AT_MS, waitingFor: [], replicas: { answered: 3, known: 3, missing: [] } },
    pools: [
      {
        ...{ pool: 'default/pool', models },
        endpoints: [
          {
            ...{
              name: 'vllm-0',
              address: '10.0.0.1:8000',
              state: 'fresh',
              waiting: 3,
              running: 8,
              inFlight: 2,
            },
            ...{ kvUsage: 0.62, maxLoras: 4, adapters: ['sql-lora', 'sql-lora-1'], ageSeconds: 0.12 },
          },
          {
            ...{
              name: '10.0.0.2:8000',
              address: '10.0.0.2:8000',
              state: 'dead',
              waiting: 0,
              running: 0,
              inFlight: 0,
            },
            ...{ kvUsage: 0, maxLoras: 0, adapters: [] },
          },
        ],
      },
    ],
    rejections: {
      windows: [
        { seconds: 60, reasons: {} },
        { seconds: 300, reasons: { overloaded: 1_500, unknown_model: 2 } },
      ],
      recent: [
        {
          atMs: AT_MS - 1_000,
          reason: 'overloaded',
          status: 429,
          pool: 'default/pool',
          model: 'lora-request',
        },
        { atMs: AT_MS - 2_000, reason: 'unknown_model', status: 404 },
      ],
    },
    ...{ problems: [], moreProblems: 0, conflicts: [] },
    ...more,
  };
}
