/** A server that only carries: a file of this folder, which is given the destination and these arguments. */
export interface BareKind {
  readonly kind: 'bare';
  readonly file: string;
  readonly args: readonly string[];
}

/** How a server under test is started: one that only carries, the real thing with some flags, or not at all. */
export type ServerKind =
  | BareKind
  | { readonly kind: 'serin'; readonly flags: readonly string[] }
  | { readonly kind: 'peer' };

/** The name that a user gives and a table shows. */
export type ServerName =
  | 'native'
  | 'grpc-js'
  | 'floor'
  | 'floor-wide'
  | 'serin-native'
  | 'serin-grpc-js'
  | 'peer';

interface ServerUnderTest {
  readonly label: string;
  readonly kind: ServerKind;
}

const MIB = 1024 * 1024;

/** What the others are measured against. */
export const FLOOR: BareKind = { kind: 'bare', file: 'floor.ts', args: [] };

/** Every server that can be measured, in the order of the tables. */
export const SERVERS: { readonly [name in ServerName]: ServerUnderTest } = {
  native: { label: 'our transport, bare', kind: { kind: 'bare', file: 'bare-native.ts', args: [] } },
  'grpc-js': { label: 'grpc-js, bare', kind: { kind: 'bare', file: 'bare-grpc-js.ts', args: [] } },
  floor: { label: 'node:http2, bare: the floor', kind: FLOOR },
  'floor-wide': {
    label: 'node:http2, bare, windows of 1 MiB',
    kind: { kind: 'bare', file: 'floor.ts', args: [`${MIB}`] },
  },
  'serin-native': {
    label: 'serin serve, our transport',
    kind: { kind: 'serin', flags: ['--transport=native'] },
  },
  'serin-grpc-js': {
    label: 'serin serve, grpc-js',
    kind: { kind: 'serin', flags: ['--transport=grpc-js'] },
  },
  peer: { label: 'the peer', kind: { kind: 'peer' } },
};

/** Those that are measured unless a user says which; a peer has to be running. */
export const SERVER_NAMES: readonly ServerName[] = (Object.keys(SERVERS) as ServerName[]).filter(
  (name) => SERVERS[name].kind.kind !== 'peer',
);
