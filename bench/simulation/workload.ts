import type { PodSpec } from './pod/pod-spec.ts';
import type { SimRequest } from './request.ts';

/** A pod of a workload, and what happens to it. */
export interface PodPlan {
  readonly spec: PodSpec;
  /** When it joins the pool, without anything loaded; the others are there from the start. */
  readonly joinsAtMs?: number;
  /** From a time on it computes so many times slower. */
  readonly slows?: { readonly atMs: number; readonly times: number };
}

/** A pool of pods and the requests that it gets. */
export interface Workload {
  readonly name: string;
  readonly summary: string;
  /** True if there are more adapters than all slots of all pods. */
  readonly adapterRich: boolean;
  readonly pods: readonly PodPlan[];
  /** Pickers that do not know of each other, each of which gets its share of the requests. */
  readonly pickers: number;
  /** Requests that come sooner only warm the pool up. */
  readonly warmUpMs: number;
  readonly endMs: number;
  /** `pace` times as many as the workload has by itself. */
  readonly requests: (random: () => number, pace?: number) => readonly SimRequest[];
  readonly perSecond: number;
}
