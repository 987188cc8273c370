import { formatAddress, parseIp } from '../../core/address.ts';
import type { Member } from '../../core/members.ts';
import { messageOf } from '../files/system-error.ts';
import { pause } from '../files/wake.ts';
import { type HostPort, splitHostPort } from './host-port.ts';

/** The name and port of `--endpoints-dns`, or what is wrong with them. */
export type DnsTarget =
  | { readonly kind: 'ok'; readonly target: HostPort }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Reads `NAME:PORT`. */
export function parseDnsTarget(text: string): DnsTarget {
  const target = splitHostPort(text);
  return target === undefined
    ? { kind: 'invalid', problem: `${text}: must be name:port` }
    : { kind: 'ok', target };
}

/** Who is told when a name stops resolving, and when it resolves again. */
export interface DnsReport {
  unresolved(name: string, message: string): void;
  resolved(name: string, addresses: readonly string[]): void;
}

/** What the source of a name's addresses needs. */
export interface DnsSourceOptions {
  readonly target: HostPort;
  /** Finds every IPv4 and IPv6 address of a name; rejects if it has none. */
  readonly lookup: (name: string) => Promise<readonly string[]>;
  readonly intervalMs: number;
  readonly publish: (members: readonly Member[]) => void;
  readonly report: DnsReport;
}

/** A source that resolves its name until it is stopped. */
export interface DnsSource {
  /** Resolves after the first attempt, whether or not the name has addresses yet. */
  readonly firstRead: Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

/** Creates a source that makes one member of each address; a failed look-up changes nothing. */
export function createDnsSource(options: DnsSourceOptions): DnsSource {
  const { target, lookup, intervalMs } = options;
  const { promise: firstRead, resolve } = Promise.withResolvers<void>();
  const take = createTaker(options);
  return {
    firstRead,
    async run(signal) {
      while (!signal.aborted) {
        const answer = await orAborted(resolveName(lookup, target.host), signal);
        if (answer === 'aborted') return;
        take(answer);
        resolve();
        await pause(intervalMs, signal);
      }
    },
  };
}

type Answer =
  | { readonly kind: 'found'; readonly ips: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string };

async function resolveName(lookup: DnsSourceOptions['lookup'], name: string): Promise<Answer> {
  try {
    const ips = (await lookup(name)).map(parseIp).filter((ip) => ip !== undefined);
    if (ips.length === 0) return { kind: 'failed', message: 'the name has no address' };
    return { kind: 'found', ips: [...new Set(ips)].sort() };
  } catch (cause) {
    return { kind: 'failed', message: messageOf(cause) };
  }
}

// The system's resolver may take half a minute and cannot be stopped.
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | 'aborted'> {
  return new Promise((resolve, reject) => {
    const end = () => resolve('aborted');
    signal.addEventListener('abort', end, { once: true });
    work.finally(() => signal.removeEventListener('abort', end)).then(resolve, reject);
  });
}

function createTaker({ target, publish, report }: DnsSourceOptions): (answer: Answer) => void {
  let published = '';
  let failing = false;
  return (answer) => {
    if (answer.kind === 'failed') {
      if (!failing) report.unresolved(target.host, answer.message);
      failing = true;
      return;
    }
    const { ips } = answer;
    const members = ips.map((ip) => memberAt(ip, target.port));
    const changed = ips.join() !== published;
    if (changed) publish(members);
    if (changed || failing) report.resolved(target.host, ips);
    published = ips.join();
    failing = false;
  };
}

function memberAt(ip: string, port: number): Member {
  return { name: formatAddress(ip, port), ip, port, labels: undefined, namespace: undefined };
}
