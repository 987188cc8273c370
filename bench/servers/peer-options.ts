import { countOf } from '../arguments.ts';
import type { Peer } from './start-server.ts';

/** The options that name another server, as `parseArgs` takes them. */
export const PEER_OPTIONS = {
  peer: { type: 'string' },
  'peer-pid': { type: 'string' },
  'peer-name': { type: 'string' },
  'pod-ports': { type: 'string' },
} as const;

/** How they are told in the help. */
export const PEER_USAGE = `  --peer HOST:PORT    another ext_proc server on this machine, in plaintext, to be measured with the others
  --peer-pid N        its process
  --peer-name TEXT    what it is, with its version, for the tables
  --pod-ports LIST    where the pods listen, for a peer that has to know them (any three free ports)`;

/** Another server, and the pods' ports; 0 for any. */
export interface PeerOptions {
  readonly peer: Peer | undefined;
  readonly podPorts: readonly number[];
}

const ANY_PORTS = '0,0,0';
const MOST_PORT = 65_535;
const MOST_PID = 2 ** 22;

/** Reads them; throws with what is wrong. */
export function peerOptionsOf(
  values: {
    readonly [name in keyof typeof PEER_OPTIONS]?: string | undefined;
  },
): PeerOptions {
  const ports = (values['pod-ports'] ?? ANY_PORTS).split(',');
  return {
    peer: peerOf(values.peer, values['peer-pid'], values['peer-name']),
    podPorts: ports.map((port) => countOf('--pod-ports', port, [0, MOST_PORT])),
  };
}

/** A peer has to run here, since its CPU time and memory are read from this system. */
function peerOf(
  address: string | undefined,
  pid: string | undefined,
  name: string | undefined,
): Peer | undefined {
  if (address === undefined && pid === undefined) return undefined;
  if (address === undefined || pid === undefined) throw new Error('--peer and --peer-pid belong together');
  const [, port] = /^(?:127\.0\.0\.1|localhost):(\d+)$/.exec(address) ?? [];
  if (port === undefined) throw new Error(`--peer: ${address} is no 127.0.0.1:PORT`);
  return {
    port: countOf('--peer', port, [1, MOST_PORT]),
    pid: countOf('--peer-pid', pid, [1, MOST_PID]),
    name: name ?? address,
  };
}
