import type { PodSample } from '../pod/engine.ts';
import type { SimRequest } from '../request.ts';

/** One picker: it sees what a real one would, and no more. */
export interface Policy {
  /** Chooses the pod of a request. */
  readonly choose: (request: SimRequest) => number;
  /** A pod has joined the pool; nothing is known of it yet. */
  readonly joined: (pod: number) => void;
  /** A pod's page has arrived that was asked for at a time. */
  readonly scraped: (pod: number, sample: PodSample, startedAtMs: number) => void;
  /** The response of a request that this picker sent has ended. */
  readonly ended: (request: SimRequest, pod: number) => void;
}

/** What a policy may use. */
export interface PolicyInput {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly nowMs: () => number;
}

/** Creates a picker without any pods. */
export type CreatePolicy = (input: PolicyInput) => Policy;
