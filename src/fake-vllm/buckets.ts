/** Upper bounds of the histograms of one generation, as vLLM sets them; times in seconds. */
export interface Buckets {
  readonly latency: readonly number[];
  readonly firstToken: readonly number[];
  readonly token: readonly number[];
  readonly iteration: readonly number[];
  readonly tokens: readonly number[];
  readonly count: readonly number[];
  readonly preemptions: readonly number[];
}

const MINUTE_LATENCY = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60];
const FIRST_TOKEN = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const TOKEN = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
const ITERATION = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];

/** The bounds of a generation; those that count tokens end at the longest context. */
export function bucketsOf(generation: 'v0' | 'v1', maxModelLen: number): Buckets {
  const v1 = generation === 'v1';
  return {
    latency: v1 ? [...MINUTE_LATENCY, 120, 240, 480, 960, 1920, 7680] : MINUTE_LATENCY,
    firstToken: v1 ? [...FIRST_TOKEN, 20, 40, 80, 160, 640, 2560] : FIRST_TOKEN,
    token: v1 ? [...TOKEN, 5, 7.5, 10, 20, 40, 80] : TOKEN,
    iteration: v1 ? [...ITERATION, 16384] : ITERATION,
    tokens: oneTwoFive(maxModelLen),
    count: [1, 2, 5, 10, 20],
    preemptions: [1, 2, 3, 4, 5, 10, 20],
  };
}

/** 1, 2, 5, 10, 20, 50 and so on, up to `most`. */
function oneTwoFive(most: number): readonly number[] {
  const bounds: number[] = [];
  for (let power = 1; power <= most; power *= 10) {
    bounds.push(...[1, 2, 5].map((step) => step * power).filter((bound) => bound <= most));
  }
  return bounds;
}
