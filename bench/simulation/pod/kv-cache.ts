import type { Segment } from '../request.ts';
import { BLOCK_TOKENS } from './pod-spec.ts';

/** The KV cache of one pod: blocks of requests that run, and what is left of those that have ended. */
export interface KvCache {
  /**
   * Finds the beginning of a prompt and takes the blocks for so many tokens; undefined if there are too few. What
   * was found is used in common.
   */
  readonly admit: (segments: readonly Segment[], tokens: number) => Holding | undefined;
  /** Takes what a request needs for so many tokens; false if there are too few blocks left. */
  readonly grow: (holding: Holding, tokens: number) => boolean;
  /** A prompt is computed: others that begin alike find its blocks from here on. */
  readonly share: (holding: Holding, segments: readonly Segment[]) => void;
  /** Gives all blocks back; they keep what they hold until others need them. */
  readonly release: (holding: Holding) => void;
  /** The part of all blocks that requests which run need. */
  readonly usage: () => number;
}

/** The blocks of one request. */
export interface Holding {
  /** Tokens of its prompt that were found. */
  readonly found: number;
  /** Blocks that nobody else finds. */
  own: number;
  /** Blocks that others may use too. */
  shared: number;
  readonly entries: Entry[];
}

interface Entry {
  readonly key: string;
  blocks: number;
  /** Requests that run and use it. */
  users: number;
}

/** A segment that fills at least one block, in blocks from the beginning of its prompt. */
interface Span {
  readonly key: string;
  readonly blocks: number;
}

/**
 * Creates an empty cache. As in vLLM, blocks that no request uses are taken in the order of their last use, the end
 * of a prompt before its beginning; a block is only found behind those before it.
 */
export function createKvCache(size: number): KvCache {
  const entries = new Map<string, Entry>();
  /** Those that nobody uses, in the order in which they go. */
  const idle = new Set<Entry>();
  let idleBlocks = 0;
  let used = 0;

  function find(spans: readonly Span[]): Entry[] {
    const found: Entry[] = [];
    for (const { key, blocks } of spans) {
      const entry = entries.get(key);
      if (entry === undefined) break;
      found.push(entry);
      if (entry.blocks < blocks) break;
    }
    return found;
  }

  function hold(holding: Holding, entry: Entry): void {
    if (holding.entries.includes(entry)) return;
    if (idle.delete(entry)) {
      idleBlocks -= entry.blocks;
      used += entry.blocks;
    }
    entry.users += 1;
    holding.entries.push(entry);
  }

  function take(holding: Holding, blocks: number): boolean {
    if (used + blocks > size) return false;
    used += blocks;
    holding.own += blocks;
    for (const entry of idle) {
      if (used + idleBlocks <= size) break;
      drop(entry, used + idleBlocks - size);
    }
    return true;
  }

  function drop(entry: Entry, most: number): void {
    const blocks = Math.min(entry.blocks, most);
    entry.blocks -= blocks;
    idleBlocks -= blocks;
    if (entry.blocks > 0) return;
    idle.delete(entry);
    entries.delete(entry.key);
  }

  function extend(holding: Holding, { key, blocks }: Span): void {
    const entry = entries.get(key) ?? { key, blocks: 0, users: 0 };
    entries.set(key, entry);
    hold(holding, entry);
    const more = Math.min(holding.own, Math.max(0, blocks - entry.blocks));
    entry.blocks += more;
    holding.own -= more;
    holding.shared += more;
  }

  return {
    admit: (segments, tokens) => {
      const found = find(spansOf(segments));
      const sum = (of: readonly Entry[]) => of.reduce((total, { blocks }) => total + blocks, 0);
      const shared = sum(found);
      const own = Math.max(0, Math.ceil(tokens / BLOCK_TOKENS) - shared);
      if (used + sum(found.filter((entry) => idle.has(entry))) + own > size) return undefined;
      const holding: Holding = { found: shared * BLOCK_TOKENS, own: 0, shared, entries: [] };
      for (const entry of found) hold(holding, entry);
      take(holding, own);
      return holding;
    },
    grow: (holding, tokens) => {
      const more = Math.ceil(tokens / BLOCK_TOKENS) - holding.own - holding.shared;
      return more <= 0 || take(holding, more);
    },
    share: (holding, segments) => {
      for (const span of spansOf(segments)) extend(holding, span);
    },
    release: (holding) => {
      used -= holding.own;
      holding.own = 0;
      for (const entry of holding.entries.splice(0).toReversed()) {
        entry.users -= 1;
        if (entry.users > 0) continue;
        used -= entry.blocks;
        idleBlocks += entry.blocks;
        idle.add(entry);
      }
    },
    usage: () => used / size,
  };
}

function spansOf(segments: readonly Segment[]): readonly Span[] {
  let tokens = 0;
  return segments.flatMap(({ key, tokens: length }) => {
    const before = Math.floor(tokens / BLOCK_TOKENS);
    tokens += length;
    const blocks = Math.floor(tokens / BLOCK_TOKENS) - before;
    return blocks === 0 ? [] : [{ key, blocks }];
  });
}
