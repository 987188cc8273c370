import { conversationsOf, type Talk } from './conversations.ts';
import { createZipf, length } from './draws.ts';
import { GPU_POD, type PodSpec } from './pod/pod-spec.ts';
import { requestsOf, type Traffic } from './traffic.ts';
import type { PodPlan, Workload } from './workload.ts';

const WARM_UP_MS = 20_000;
const END_MS = 80_000;

const CHAT: Pick<Traffic, 'promptTokens' | 'outputTokens' | 'systemTokens'> = {
  promptTokens: (random) => length(200, random),
  outputTokens: (random) => length(80, random),
  systemTokens: 96,
};

function pods(count: number, spec: Partial<PodSpec> = {}): readonly PodPlan[] {
  return Array.from({ length: count }, () => ({ spec: { ...GPU_POD, ...spec } }));
}

function zipf(count: number, exponent = 1): Traffic['adapter'] {
  const draw = createZipf(count, exponent);
  return (random) => `adapter-${draw(random())}`;
}

function even(count: number): Traffic['adapter'] {
  return (random) => `adapter-${Math.floor(random() * count)}`;
}

type Given = Pick<Workload, 'name' | 'summary' | 'adapterRich' | 'pods'> &
  Partial<Pick<Workload, 'pickers'>> & {
    readonly traffic: Partial<Traffic> & Pick<Traffic, 'perSecond' | 'adapter'>;
  };

function workload({ traffic, ...given }: Given): Workload {
  const requests = requestsOf({ ...CHAT, ...traffic }, END_MS);
  const { perSecond } = traffic;
  return { pickers: 1, ...given, perSecond, warmUpMs: WARM_UP_MS, endMs: END_MS, requests };
}

type GivenTalk = Omit<Given, 'traffic'> & {
  readonly talk: Partial<Talk> & Pick<Talk, 'perSecond' | 'adapter'>;
};

function conversations({ talk, ...given }: GivenTalk): Workload {
  const requests = conversationsOf({ ...TALK, ...talk }, END_MS);
  const { perSecond } = talk;
  return { pickers: 1, ...given, perSecond, warmUpMs: WARM_UP_MS, endMs: END_MS, requests };
}

/** An assistant: six turns, with a few seconds to read and write between them. */
const TALK: Omit<Talk, 'perSecond' | 'adapter'> = {
  turns: 6,
  thinkMs: 3000,
  systemTokens: 400,
  askTokens: 100,
  answerTokens: 100,
};

/** A conversation stays with its adapter. */
function one(adapter: Traffic['adapter']): Talk['adapter'] {
  return (random, first) => first ?? adapter(random);
}

/** The pods of the seed: as many slots as adapters. */
const SEED_POD = { maxLoras: 10, maxCpuLoras: 12 };

/** Every fifth second is one of four times the requests of the others. */
function bursts(atMs: number): number {
  return Math.floor(atMs / 1000) % 5 === 0 ? 2.5 : 0.625;
}

const zipfOf48 = createZipf(48, 1);

/** All workloads of the report. */
export const WORKLOADS: readonly Workload[] = [
  workload({
    name: 'even split',
    summary: 'the ten adapters of the example, alike, on three pods with a slot for each',
    adapterRich: false,
    pods: pods(3, SEED_POD),
    traffic: { perSecond: 54, adapter: even(10) },
  }),
  workload({
    name: 'canary 90/10',
    summary: 'two adapters, nine requests to one, on three pods with a slot for each',
    adapterRich: false,
    pods: pods(3, SEED_POD),
    traffic: { perSecond: 54, adapter: (random) => (random() < 0.9 ? 'sql-lora' : 'sql-lora-1') },
  }),
  workload({
    name: 'base model',
    summary: 'no adapters at all, on four pods',
    adapterRich: false,
    pods: pods(4),
    traffic: { perSecond: 72, adapter: () => undefined },
  }),
  workload({
    name: 'Zipf 10',
    summary: 'ten adapters by Zipf, on four pods with four slots each',
    adapterRich: false,
    pods: pods(4, { maxLoras: 4, maxCpuLoras: 16 }),
    traffic: { perSecond: 56, adapter: zipf(10) },
  }),
  workload({
    name: 'Zipf 100',
    summary: '100 adapters by Zipf, on eight pods with eight slots each',
    adapterRich: true,
    pods: pods(8),
    traffic: { perSecond: 90, adapter: zipf(100) },
  }),
  workload({
    name: 'Zipf 1000',
    summary: '1000 adapters by Zipf, on eight pods with eight slots each',
    adapterRich: true,
    pods: pods(8),
    traffic: { perSecond: 56, adapter: zipf(1000) },
  }),
  workload({
    name: 'bursts',
    summary: 'as Zipf 100, but every fifth second four times as many requests come as in the others',
    adapterRich: true,
    pods: pods(8),
    traffic: { perSecond: 70, adapter: zipf(100), surge: bursts },
  }),
  workload({
    name: 'small batches',
    summary: '16 adapters by Zipf on four pods with three slots and eight requests at once',
    adapterRich: true,
    pods: pods(4, { maxLoras: 3, maxCpuLoras: 16, maxNumSeqs: 8 }),
    traffic: { perSecond: 30, adapter: zipf(16), outputTokens: (random) => length(60, random) },
  }),
  workload({
    name: 'long and short',
    summary: '16 adapters by Zipf on four pods; a tenth of the prompts is 20 times as long as the others',
    adapterRich: false,
    pods: pods(4),
    traffic: {
      perSecond: 44,
      adapter: zipf(16),
      promptTokens: (random) => length(random() < 0.1 ? 2400 : 120, random),
    },
  }),
  workload({
    name: 'slow pod',
    summary: '16 adapters by Zipf on four pods, one of which gets three times slower',
    adapterRich: false,
    pods: pods(4).map((pod, at) => (at === 0 ? { ...pod, slows: { atMs: 30_000, times: 3 } } : pod)),
    traffic: { perSecond: 52, adapter: zipf(16) },
  }),
  workload({
    name: 'cold pod',
    summary: '100 adapters by Zipf; the last of eight pods joins when the others have been busy for a while',
    adapterRich: true,
    pods: pods(8).map((pod, at) => (at === 7 ? { ...pod, joinsAtMs: 30_000 } : pod)),
    traffic: { perSecond: 80, adapter: zipf(100) },
  }),
  workload({
    name: 'three pickers',
    summary: 'as Zipf 100, but three pickers that do not know of each other',
    adapterRich: true,
    pods: pods(8),
    pickers: 3,
    traffic: { perSecond: 90, adapter: zipf(100) },
  }),
  workload({
    name: 'shared beginnings',
    summary: 'no adapters, but 48 beginnings of 2000 tokens by Zipf, on four pods',
    adapterRich: false,
    pods: pods(4),
    traffic: {
      perSecond: 44,
      adapter: () => undefined,
      systemTokens: 2000,
      system: (random) => `system ${zipfOf48(random())}`,
    },
  }),
  conversations({
    name: 'conversations',
    summary: 'with the base model, on four pods',
    adapterRich: false,
    pods: pods(4),
    talk: { perSecond: 40, adapter: () => undefined },
  }),
  conversations({
    name: 'adapters that talk',
    summary: 'conversations with 16 adapters by Zipf, on four pods with eight slots each',
    adapterRich: false,
    pods: pods(4),
    talk: { perSecond: 36, adapter: one(zipf(16)) },
  }),
  conversations({
    name: 'many that talk',
    summary: 'conversations with 100 adapters by Zipf, on eight pods with eight slots each',
    adapterRich: true,
    pods: pods(8),
    talk: { perSecond: 72, adapter: one(zipf(100)) },
  }),
  conversations({
    name: 'three that pick',
    summary:
      'conversations with 16 adapters, but each turn comes to one of three pickers that do not know of each other',
    adapterRich: false,
    pods: pods(4),
    pickers: 3,
    talk: { perSecond: 36, adapter: one(zipf(16)) },
  }),
  conversations({
    name: 'canary that talks',
    summary: 'conversations whose every turn goes to one of two adapters, nine of ten to the first',
    adapterRich: false,
    pods: pods(3, SEED_POD),
    talk: { perSecond: 30, adapter: (random) => (random() < 0.9 ? 'sql-lora' : 'sql-lora-1') },
  }),
];
