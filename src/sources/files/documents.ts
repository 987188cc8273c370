import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from 'yaml';
import type { Place } from '../../core/policy.ts';
import type { Locate, Problem } from '../problems/problem.ts';

/** One document of a YAML or JSON file: its value with a locator, or everything for which it cannot be read. */
export type ReadDocument =
  | { readonly kind: 'value'; readonly value: unknown; readonly locate: Locate }
  | { readonly kind: 'unparsable'; readonly problems: readonly Problem[] };

/** Reads every document of a YAML or JSON text; `source` is the file's name in places. */
export function readDocuments(source: string, text: string): readonly ReadDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { source, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  // An empty text parses to an empty list that has no documents at all.
  return Array.from(documents, (document) => readDocument(document, placeAt));
}

function readDocument(document: Document.Parsed, placeAt: (offset: number) => Place): ReadDocument {
  const problemAt = (offset: number, message: string): Problem => ({
    place: placeAt(offset),
    object: undefined,
    field: '',
    message,
  });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => problemAt(pos[0], message));
    return { kind: 'unparsable', problems };
  }
  const locate: Locate = (path) => placeAt(offsetOf(document, path));
  try {
    return { kind: 'value', value: document.toJS(), locate };
  } catch (cause) {
    // The library throws on aliases that expand without end.
    const message = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'unparsable', problems: [problemAt(document.range[0], message)] };
  }
}

function offsetOf(document: Document.Parsed, path: Parameters<Locate>[0]): number {
  let node: Node | null = document.contents;
  let offset = startOf(node) ?? document.range[0];
  for (const step of path) {
    const entry = entryOf(isAlias(node) ? node.resolve(document) : node, step);
    if (entry === undefined) return offset;
    offset = startOf(entry.anchor) ?? offset;
    node = entry.value;
  }
  return offset;
}

interface Entry {
  readonly anchor: Node | null;
  readonly value: Node | null;
}

function entryOf(node: Node | null | undefined, step: string | number): Entry | undefined {
  if (isMap(node)) {
    const pair: Pair | undefined = node.items.find(
      ({ key }) => isScalar(key) && String(key.value) === String(step),
    );
    return pair && { anchor: asNode(pair.key), value: asNode(pair.value) };
  }
  if (!isSeq(node) || typeof step !== 'number' || step >= node.items.length) return undefined;
  const item = asNode(node.items[step]);
  return { anchor: item, value: item };
}

function asNode(value: unknown): Node | null {
  return isNode(value) ? value : null;
}

function startOf(node: Node | null): number | undefined {
  return node?.range?.[0];
}
