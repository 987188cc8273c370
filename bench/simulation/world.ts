import type { EventQueue } from './event-queue.ts';
import { createEventQueue } from './event-queue.ts';
import { createEngine, type Engine, type PodSample } from './pod/engine.ts';
import type { CreatePolicy } from './policies/policy.ts';
import type { SimRequest } from './request.ts';
import type { PodPlan, Workload } from './workload.ts';

/** What became of one request. */
export interface Served {
  readonly request: SimRequest;
  readonly pod: number;
  readonly arrivedAtMs: number;
  readonly firstTokenAtMs: number;
  readonly finishedAtMs: number;
}

/** What became of a workload under a policy. */
export interface Outcome {
  readonly served: readonly Served[];
  /** Adapters brought to a GPU, and how many of them from disk, over the whole run. */
  readonly loads: { readonly gpu: number; readonly disk: number };
}

/** From a picker to a pod's queue, and from a pod's page to a picker. */
const TRANSIT_MS = 2;
/** As all pickers have it by default. */
const SCRAPE_MS = 50;

type Event =
  | { readonly kind: 'arrive'; readonly request: SimRequest }
  | { readonly kind: 'enter'; readonly request: SimRequest; readonly pod: number }
  | { readonly kind: 'step'; readonly pod: number }
  | { readonly kind: 'ended'; readonly request: SimRequest }
  | { readonly kind: 'join'; readonly pod: number }
  | { readonly kind: 'scrape'; readonly picker: number; readonly pod: number }
  | {
      readonly kind: 'scraped';
      readonly picker: number;
      readonly pod: number;
      readonly sample: PodSample;
      readonly startedAtMs: number;
    };

/** A request on its way. */
interface Travel {
  readonly pod: number;
  readonly picker: number;
  readonly arrivedAtMs: number;
  firstTokenAtMs: number;
}

/** What a run is made of. */
export interface Run {
  readonly workload: Workload;
  readonly requests: readonly SimRequest[];
  readonly createPolicy: CreatePolicy;
  readonly random: () => number;
}

/** Runs a workload to its end, each request to its last token. */
export function simulate(run: Run): Outcome {
  const { workload, requests, random } = run;
  const events = createEventQueue<Event>();
  const travels = new Map<number, Travel>();
  const served: Served[] = [];
  const engines = workload.pods.map((plan, pod) => createPod(plan, pod));
  let open = requests.length;
  const stepping = workload.pods.map(() => false);
  const clock = { nowMs: 0 };
  const policies = Array.from({ length: workload.pickers }, () =>
    run.createPolicy({ random, nowMs: () => clock.nowMs }),
  );

  function createPod({ spec }: PodPlan, pod: number): Engine {
    return createEngine(spec, {
      firstToken: ({ id }, atMs) => {
        const travel = travels.get(id);
        if (travel !== undefined) travel.firstTokenAtMs = atMs + TRANSIT_MS;
      },
      finished: (request, atMs) => {
        const finishedAtMs = atMs + TRANSIT_MS;
        const { firstTokenAtMs = 0, arrivedAtMs = 0 } = travels.get(request.id) ?? {};
        served.push({ request, pod, arrivedAtMs, firstTokenAtMs, finishedAtMs });
        events.add(finishedAtMs, { kind: 'ended', request });
      },
    });
  }

  function arrive(request: SimRequest): void {
    const picker = Math.floor(random() * policies.length);
    const pod = policies[picker]?.choose(request) ?? 0;
    travels.set(request.id, { pod, picker, arrivedAtMs: clock.nowMs, firstTokenAtMs: 0 });
    events.add(clock.nowMs + TRANSIT_MS, { kind: 'enter', request, pod });
  }

  /** Conversations go on as long as the workload does. */
  function end(request: SimRequest): void {
    const travel = travels.get(request.id);
    if (travel !== undefined) policies[travel.picker]?.ended(request, travel.pod);
    open -= 1;
    const atMs = clock.nowMs + (request.next?.thinkMs ?? 0);
    if (request.next === undefined || atMs >= workload.endMs) return;
    open += 1;
    events.add(atMs, { kind: 'arrive', request: request.next.request });
  }

  function step(pod: number): void {
    const ms = engines[pod]?.startStep(slownessOf(workload.pods[pod], clock.nowMs));
    stepping[pod] = ms !== undefined;
    if (ms !== undefined) events.add(clock.nowMs + ms, { kind: 'step', pod });
  }

  function join(pod: number): void {
    for (const [picker, policy] of policies.entries()) {
      policy.joined(pod);
      events.add(clock.nowMs + random() * SCRAPE_MS, { kind: 'scrape', picker, pod });
    }
  }

  function scrape(picker: number, pod: number): void {
    const sample = engines[pod]?.sample();
    if (sample === undefined) return;
    const startedAtMs = clock.nowMs;
    events.add(startedAtMs + TRANSIT_MS, { kind: 'scraped', picker, pod, sample, startedAtMs });
    const pauseMs = SCRAPE_MS * (0.95 + 0.1 * random());
    if (open > 0) events.add(startedAtMs + pauseMs, { kind: 'scrape', picker, pod });
  }

  function happen(event: Event): void {
    switch (event.kind) {
      case 'arrive':
        return arrive(event.request);
      case 'enter':
        engines[event.pod]?.enter(event.request);
        if (!stepping[event.pod]) step(event.pod);
        return;
      case 'step':
        engines[event.pod]?.endStep(clock.nowMs);
        return step(event.pod);
      case 'ended':
        return end(event.request);
      case 'join':
        return join(event.pod);
      case 'scrape':
        return scrape(event.picker, event.pod);
      case 'scraped':
        return policies[event.picker]?.scraped(event.pod, event.sample, event.startedAtMs);
    }
  }

  for (const [pod, { joinsAtMs = 0 }] of workload.pods.entries())
    events.add(joinsAtMs, { kind: 'join', pod });
  for (const request of requests) events.add(request.atMs, { kind: 'arrive', request });
  drain(events, clock, happen);
  return { served, loads: sumOf(engines.map((engine) => engine.loads())) };
}

function drain<E>(events: EventQueue<E>, clock: { nowMs: number }, happen: (event: E) => void): void {
  for (let next = events.next(); next !== undefined; next = events.next()) {
    clock.nowMs = next.atMs;
    happen(next.event);
  }
}

function slownessOf(plan: PodPlan | undefined, nowMs: number): number {
  const slows = plan?.slows;
  return slows !== undefined && nowMs >= slows.atMs ? slows.times : 1;
}

function sumOf(loads: readonly Outcome['loads'][]): Outcome['loads'] {
  return loads.reduce((sum, { gpu, disk }) => ({ gpu: sum.gpu + gpu, disk: sum.disk + disk }), {
    gpu: 0,
    disk: 0,
  });
}
