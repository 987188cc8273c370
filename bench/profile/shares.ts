import { fileOf, PARTS, type Part, partOf } from './parts.ts';
import type { Profile } from './profile-data.ts';

/** How much of the time in which a process did not wait one part took. */
export interface PartShare {
  readonly part: Part;
  readonly share: number;
}

/** The same of one function: its own time, without that of what it calls. */
export interface FunctionShare {
  readonly name: string;
  readonly file: string;
  readonly part: Part;
  readonly share: number;
}

/** Where the time of some profiles went. */
export interface Shares {
  readonly samples: number;
  readonly parts: readonly PartShare[];
  /** The most expensive first. */
  readonly functions: readonly FunctionShare[];
}

type Node = Profile['nodes'][number];

interface Place {
  readonly name: string;
  readonly file: string;
  readonly part: Part;
  samples: number;
}

/** Sums profiles up, as many functions as asked for. */
export function sharesOf(profiles: readonly Profile[], most: number): Shares {
  const places = new Map<string, Place>();
  for (const profile of profiles) addProfile(profile, places);
  const samples = [...places.values()].reduce((sum, each) => sum + each.samples, 0);
  const all = [...places.values()].sort((a, b) => b.samples - a.samples);
  const inPart = (part: Part) => all.filter((place) => place.part === part);
  const shareOf = (some: readonly Place[]) => some.reduce((sum, each) => sum + each.samples, 0) / samples;
  return {
    samples,
    parts: PARTS.map((part) => ({ part, share: shareOf(inPart(part)) })),
    functions: all
      .slice(0, most)
      .map(({ name, file, part, ...of }) => ({ name, file, part, share: of.samples / samples })),
  };
}

/**
 * Adds the samples in which the process did not wait. Each counts alike: the time since the one before it may have gone
 * to another process.
 */
function addProfile({ nodes, samples }: Profile, places: Map<string, Place>): void {
  const placeOf = new Map(stacksOf(nodes).map(([id, stack]) => [id, place(stack, places)]));
  for (const id of samples) {
    const found = placeOf.get(id);
    if (found !== undefined) found.samples += 1;
  }
}

/** The stack of each node, from its own function outwards. */
function stacksOf(nodes: readonly Node[]): readonly (readonly [number, readonly Node[]])[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])));
  const stackOf = (id: number | undefined): readonly Node[] => {
    const node = id === undefined ? undefined : byId.get(id);
    return node === undefined ? [] : [node, ...stackOf(parents.get(node.id))];
  };
  return nodes.map(({ id }) => [id, stackOf(id)]);
}

function place(stack: readonly Node[], places: Map<string, Place>): Place | undefined {
  const part = partOf(stack.map(({ callFrame }) => callFrame));
  const frame = stack[0]?.callFrame;
  if (part === undefined || frame === undefined) return undefined;
  const name = frame.functionName === '' ? `(anonymous, line ${frame.lineNumber + 1})` : frame.functionName;
  const file = fileOf(frame.url);
  const key = `${name} ${file} ${part}`;
  const known = places.get(key) ?? { name, file, part, samples: 0 };
  places.set(key, known);
  return known;
}
