import { pause } from '../../files/wake.ts';
import { type Answer, type Failure, getJson, reasonOf, sendJson } from '../answer.ts';
import type { OpenApi, Sent } from '../api-server.ts';
import { claiming, creation, type Lease, type LeaseName, leasePath, readLease, releasing } from './lease.ts';
import type { StatusTiming } from './timing.ts';
import type { Troubles } from './troubles.ts';

/** Settles which of several replicas writes. */
export interface Election {
  /** For how many milliseconds this replica may still write; 0 if it may not. */
  readonly leftMs: () => number;
  run(signal: AbortSignal): Promise<void>;
}

/** What an election needs. */
export interface ElectionOptions {
  readonly open: OpenApi;
  readonly name: LeaseName;
  /** Another one for each process. */
  readonly identity: string;
  readonly timing: StatusTiming;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** The wall's clock, for others to read: nothing is decided by it. */
  readonly date: () => Date;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly troubles: Troubles;
  readonly failed: (reason: string) => void;
  /** This replica begins or ceases to lead. */
  readonly leads: (leading: boolean) => void;
}

/** For giving a lease away: a process that ends does not wait for longer. */
const RELEASE_MS = 2_000;
/** A renewal that was under way at the end may arrive in between. */
const RELEASE_ATTEMPTS = 3;
const WHAT = 'lease';

/**
 * Creates an election by a Lease. Clocks of machines are not compared: a lease has run out if this process has
 * seen it unchanged for as long as it lasts, and its holder counts from before it asked for it, and for less.
 */
export function createElection(options: ElectionOptions): Election {
  const { open, name, identity, timing, now, random, troubles } = options;
  /** The lease as this replica has written it last; undefined if it does not hold it. */
  let held: Lease | undefined;
  let untilMs = Number.NEGATIVE_INFINITY;
  let seen = { mark: '', atMs: 0 };
  let leading = false;
  let waitMs = timing.retryMs;

  const leftMs = () => Math.max(0, untilMs - now());

  function tell(): void {
    const leads = leftMs() > 0;
    if (leads !== leading) options.leads(leads);
    leading = leads;
  }

  function lose(): void {
    held = undefined;
    untilMs = Number.NEGATIVE_INFINITY;
  }

  async function take(request: Sent & { readonly path: string }, signal: AbortSignal): Promise<void> {
    const askedMs = now();
    const answer = await sendJson(open, request, { timeoutMs: timing.requestMs, signal });
    if (signal.aborted) return;
    const lease = leaseOf(answer);
    if (lease.kind !== 'ok') {
      // It has become another one's meanwhile, or it is gone.
      if (isRefused(lease, 409) || isRefused(lease, 404)) lose();
      return fail(lease);
    }
    held = lease.value;
    untilMs = askedMs + timing.renewWithinMs;
    troubles.mend(WHAT);
  }

  function fail(failure: Failure): void {
    options.failed(reasonOf(failure));
    if (isRefused(failure, 403)) waitMs = timing.deniedMs;
    // Of two that ask at once one is refused: that is what an election is.
    if (!isRefused(failure, 409)) troubles.stands(WHAT, failure);
  }

  function isFree(lease: Lease): boolean {
    const mark = `${lease.holder} ${lease.resourceVersion}`;
    if (mark !== seen.mark) seen = { mark, atMs: now() };
    return lease.holder === '' || lease.holder === identity || now() - seen.atMs > lease.durationMs;
  }

  function claim() {
    return { identity, leaseMs: timing.leaseMs, at: options.date() };
  }

  async function read(signal: AbortSignal): Promise<void> {
    const answer = await getJson(open, leasePath(name), { timeoutMs: timing.requestMs, signal });
    if (signal.aborted) return;
    if (isRefused(answer, 404)) return take(creation(name, claim()), signal);
    const lease = leaseOf(answer);
    if (lease.kind !== 'ok') return fail(lease);
    troubles.mend(WHAT);
    if (isFree(lease.value)) await take(claiming(name, lease.value, claim()), signal);
  }

  return {
    leftMs,
    run: async (signal) => {
      while (!signal.aborted) {
        waitMs = timing.retryMs;
        await (held === undefined ? read(signal) : take(claiming(name, held, claim()), signal));
        tell();
        await pause(waitMs * (0.9 + random() / 5), signal);
      }
      lose();
      tell();
      await giveAway(options);
    },
  };
}

/** Gives the lease away if this process has it, so that the next one need not wait until it has run out. */
async function giveAway({ open, name, identity }: ElectionOptions): Promise<void> {
  const patience = { timeoutMs: RELEASE_MS, signal: AbortSignal.timeout(RELEASE_MS) };
  for (let attempt = 0; attempt < RELEASE_ATTEMPTS; attempt++) {
    const lease = leaseOf(await getJson(open, leasePath(name), patience));
    if (lease.kind !== 'ok' || lease.value.holder !== identity) return;
    const answer = await sendJson(open, releasing(name, lease.value), patience);
    if (!isRefused(answer, 409)) return;
  }
}

function isRefused(answer: Answer | Failure, status: number): boolean {
  return answer.kind === 'refused' && answer.status === status;
}

function leaseOf(answer: Answer): { readonly kind: 'ok'; readonly value: Lease } | Failure {
  if (answer.kind !== 'ok') return answer;
  const lease = readLease(answer.value);
  return lease === undefined
    ? { kind: 'failed', message: 'the answer is no Lease' }
    : { kind: 'ok', value: lease };
}
