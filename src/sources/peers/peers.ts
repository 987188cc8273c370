import { readWindows, type WindowsDocument } from '../../state/windows/document.ts';
import type { Window } from '../../state/windows/window.ts';
import { pause } from '../files/wake.ts';
import type { GetResult, HttpGet } from '../scrape/http-get.ts';

/** The other replicas, as far as they answer. */
export interface Peers {
  /** Takes the addresses of all replicas over, whose own among them. */
  readonly follow: (addresses: readonly string[]) => void;
  readonly view: () => PeersView;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** What the other replicas told last. */
export interface PeersView {
  /** The windows of each replica that answered. */
  readonly told: readonly (readonly Window[])[];
  readonly missing: readonly MissingPeer[];
}

/** A replica that did not answer, or not in words that are understood. */
export interface MissingPeer {
  readonly address: string;
  readonly problem: string;
}

/** What peers are built from. */
export interface PeersOptions {
  readonly get: HttpGet;
  /** By which a replica knows its own windows, whatever the address that it got them from. */
  readonly replica: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly report: PeersReport;
}

/** Who is told when a peer stops answering, and when it answers again. */
export interface PeersReport {
  readonly missing: (peer: MissingPeer) => void;
  readonly back: (address: string) => void;
}

/** Where replicas show each other their windows, on the port for machines. */
export const WINDOWS_PATH = '/windows';

type Peer =
  | { readonly kind: 'unasked' }
  | { readonly kind: 'told'; readonly document: WindowsDocument }
  | { readonly kind: 'self' }
  | { readonly kind: 'missing'; readonly problem: string };

/** Creates peers without an address. */
export function createPeers(options: PeersOptions): Peers {
  const { replica, intervalMs, report } = options;
  let peers = new Map<string, Peer>();

  function take(address: string, answer: Peer): void {
    const before = peers.get(address);
    // The address may have gone while its answer was awaited.
    if (before === undefined) return;
    peers.set(address, answer);
    if (answer.kind === 'missing' && before.kind !== 'missing')
      report.missing({ address, problem: answer.problem });
    if (answer.kind !== 'missing' && before.kind === 'missing') report.back(address);
  }

  async function ask(address: string, signal: AbortSignal): Promise<void> {
    if (peers.get(address)?.kind === 'self') return;
    const { get, timeoutMs } = options;
    const answer = await get({ address, path: WINDOWS_PATH, headers: {}, timeoutMs, signal });
    if (!signal.aborted) take(address, peerOf(answer, replica));
  }

  return {
    follow: (addresses) => {
      // Who was at an address may have left it to another one, so whether that is oneself is asked again.
      const known = (address: string): Peer => {
        const peer = peers.get(address);
        return peer === undefined || peer.kind === 'self' ? { kind: 'unasked' } : peer;
      };
      peers = new Map(addresses.map((address) => [address, known(address)]));
    },
    view: () => {
      const all = [...peers];
      const documents = all.flatMap(([, peer]) => (peer.kind === 'told' ? [peer.document] : []));
      return {
        // One with an address of each IP version tells the same twice.
        told: [...new Map(documents.map((each) => [each.replica, each.windows])).values()],
        missing: all.flatMap(([address, peer]) =>
          peer.kind === 'missing' ? [{ address, problem: peer.problem }] : [],
        ),
      };
    },
    run: async (signal) => {
      while (!signal.aborted) {
        await Promise.all([...peers.keys()].map((address) => ask(address, signal)));
        await pause(intervalMs, signal);
      }
    },
  };
}

function peerOf(answer: GetResult, replica: string): Peer {
  switch (answer.kind) {
    case 'refused':
      return { kind: 'missing', problem: 'connection refused' };
    case 'failed':
      return { kind: 'missing', problem: answer.reason };
    case 'answered': {
      if (answer.status !== 200) return { kind: 'missing', problem: `status ${answer.status}` };
      const document = readWindows(jsonOf(answer.body));
      if (document === undefined) return { kind: 'missing', problem: 'windows of another version' };
      return document.replica === replica ? { kind: 'self' } : { kind: 'told', document };
    }
  }
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
