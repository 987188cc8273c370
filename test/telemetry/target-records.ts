import type { Decided, RequestRecord } from '../../src/core/request-record.ts';
import { NO_RESPONSE } from '../core/no-response.ts';

/** The labels of the series that `decided()` is counted in. */
export const SERIES =
  'namespace="default",pool="pool",model="lora-request",target="b",group="v2",role="canary",route="weighted"';

/** A decision for `lora-request`, to its canary `b`. */
export function decided(parts: Partial<Decided> = {}): Decided {
  return {
    pool: 'default/pool',
    route: 'weighted',
    model: 'lora-request',
    target: 'b',
    role: 'canary',
    group: 'v2',
    modelLabel: 'lora-request',
    targetLabel: 'b',
    endpoint: '10.0.0.1:8000',
    ...parts,
  };
}

/** The record of a request that was forwarded and answered with 200. */
export function record(parts: Partial<RequestRecord> = {}): RequestRecord {
  return {
    via: 'stream',
    startedAtMs: 1000,
    durationMs: 250,
    outcome: 'forwarded',
    reason: undefined,
    decided: decided(),
    ...NO_RESPONSE,
    status: 200,
    end: 'complete',
    ...parts,
  };
}

/** The samples of a family on a page, without its name. */
export function linesOf(page: string, name: string): readonly string[] {
  const samples = page
    .split('\n')
    .filter((line) => new RegExp(`^${name}(_bucket|_sum|_count)?[{ ]`).test(line));
  return samples.map((line) => line.slice(name.length));
}
