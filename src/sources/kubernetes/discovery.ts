import { getJson } from './answer.ts';
import type { OpenApi } from './api-server.ts';
import { apiVersionOf, type ReadKind, type Resource } from './resource.ts';

/** What discovery says of one kind. */
export type Found =
  | { readonly kind: 'served'; readonly resource: Resource }
  | { readonly kind: 'absent' }
  /** Discovery itself is forbidden. */
  | { readonly kind: 'forbidden' }
  | Unknown;

/** The server gave no good answer; `silent` if it gave none at all. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly problem: string;
  readonly silent: boolean;
}

/** One look at what the server has. */
export interface Discovery {
  /** By kind, in the order of the kinds. */
  readonly found: ReadonlyMap<ReadKind, Found>;
  /** The first thing that went wrong; undefined if the server answered everything. */
  readonly trouble: Unknown | undefined;
}

/** How the server is asked. */
export interface DiscoveryOptions {
  readonly open: OpenApi;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** One resource as `/apis/GROUP/VERSION` lists it. */
interface Listed {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

type GroupVersion =
  | { readonly kind: 'resources'; readonly resources: readonly Listed[] }
  | Exclude<Found, { readonly kind: 'served' | 'absent' }>;

/** Asks which of the kinds the server has, and takes of each the newest version that Serin reads. */
export async function discover(kinds: readonly ReadKind[], options: DiscoveryOptions): Promise<Discovery> {
  const names = new Set(
    kinds.flatMap(({ group, versions }) => versions.map((version) => apiVersionOf({ group, version }))),
  );
  const answers = new Map(
    await Promise.all(
      [...names].map(async (name) => [name, await askFor(`/apis/${name}`, options)] as const),
    ),
  );
  const unknown = [...answers.values()].find((answer) => answer.kind === 'unknown');
  return {
    found: new Map(kinds.map((kind) => [kind, find(kind, answers)])),
    trouble: unknown,
  };
}

function find(kind: ReadKind, answers: ReadonlyMap<string, GroupVersion>): Found {
  for (const version of kind.versions) {
    const answer = answers.get(apiVersionOf({ group: kind.group, version }));
    // While a newer version may be there, an older one is no answer: it would have to be left again.
    if (answer === undefined) continue;
    if (answer.kind !== 'resources') return answer;
    const listed = answer.resources.find((each) => each.kind === kind.kind);
    if (listed !== undefined) {
      const { name: plural, namespaced } = listed;
      return {
        kind: 'served',
        resource: { group: kind.group, version, kind: kind.kind, plural, namespaced },
      };
    }
  }
  return { kind: 'absent' };
}

async function askFor(path: string, { open, ...rest }: DiscoveryOptions): Promise<GroupVersion> {
  const answer = await getJson(open, path, rest);
  switch (answer.kind) {
    case 'ok':
      return resourcesOf(answer.value);
    case 'refused':
      if (answer.status === 404) return { kind: 'resources', resources: [] };
      if (answer.status === 403) return { kind: 'forbidden' };
      return { kind: 'unknown', problem: `${answer.status}: ${answer.message}`, silent: false };
    case 'failed':
      return { kind: 'unknown', problem: answer.message, silent: true };
  }
}

const NO_LIST: Unknown = { kind: 'unknown', problem: 'the answer is no list of resources', silent: false };

/** Anything may stand before the server: only a list without the kind says that it is not there. */
function resourcesOf(value: unknown): GroupVersion {
  const resources = typeof value === 'object' && value !== null && 'resources' in value ? value.resources : 0;
  if (!Array.isArray(resources)) return NO_LIST;
  return { kind: 'resources', resources: resources.flatMap((each: unknown) => listedOf(each) ?? []) };
}

/** Subresources (`pods/status`) are no kinds of their own. */
function listedOf(value: unknown): Listed | undefined {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('kind' in value))
    return undefined;
  const { name, kind } = value;
  if (typeof name !== 'string' || typeof kind !== 'string' || name.includes('/')) return undefined;
  return { name, kind, namespaced: !('namespaced' in value) || value.namespaced !== false };
}
