import type { BigIntStats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { hasCode, messageOf } from './system-error.ts';

/** What a path holds: a text, or the reason why it cannot be had. */
export type FileText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly message: string };

/** The files below some paths. Two listings with equal stamps hold the same files with the same content. */
export interface Listing {
  /** Paths in the order of their names. */
  readonly files: readonly string[];
  /** Folders whose entries decide what is listed, parents of single files included, by path, with their identity. */
  readonly folders: ReadonlyMap<string, string>;
  /** Folders and files that exist and cannot be read, with the reason. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Given paths that do not exist. */
  readonly missing: readonly string[];
  readonly stamp: string;
}

interface Draft {
  readonly files: Map<string, string>;
  readonly folders: Map<string, string>;
  readonly unreadable: Map<string, string>;
  readonly missing: string[];
  readonly visited: Set<string>;
}

/** Which files of a folder are listed, by their names; with `undefined` a folder may not be given at all. */
export type Accepts = ((name: string) => boolean) | undefined;

/**
 * Lists given files and, in given folders and the folders below them, the files whose names `accepts` takes.
 * Names that start with a dot are passed over, and with them the `..data` folders of a mounted ConfigMap.
 */
export async function listFiles(paths: readonly string[], accepts: Accepts): Promise<Listing> {
  const draft: Draft = {
    files: new Map(),
    folders: new Map(),
    unreadable: new Map(),
    missing: [],
    visited: new Set(),
  };
  for (const path of paths.map((given) => normalize(given))) await listRoot({ draft, accepts }, path);
  const files = [...draft.files].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    files: files.map(([path]) => path),
    folders: draft.folders,
    unreadable: draft.unreadable,
    missing: draft.missing,
    stamp: JSON.stringify([files, [...draft.unreadable], draft.missing]),
  };
}

async function listRoot(walk: Walk, path: string): Promise<void> {
  const { draft } = walk;
  const look = await lookAt(path);
  if (look.kind === 'gone') draft.missing.push(path);
  if (look.kind === 'failed') draft.unreadable.set(path, look.message);
  if (look.kind === 'found') await listGiven(walk, path, look.stats);
  if (draft.folders.has(path)) return;
  const parent = await lookAt(dirname(path));
  if (parent.kind === 'found') draft.folders.set(dirname(path), identify(parent.stats));
}

interface Walk {
  readonly draft: Draft;
  readonly accepts: Accepts;
}

async function listGiven(walk: Walk, path: string, stats: BigIntStats): Promise<void> {
  const wanted = stats.isFile() || (stats.isDirectory() && walk.accepts !== undefined);
  if (wanted) return listEntry(walk, path, stats);
  const message = stats.isDirectory() ? 'is a folder' : 'is neither a file nor a folder';
  walk.draft.unreadable.set(path, message);
}

async function listEntry(walk: Walk, path: string, stats: BigIntStats): Promise<void> {
  const { draft } = walk;
  if (stats.isFile()) {
    const stamp = [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':');
    draft.files.set(path, stamp);
    return;
  }
  const identity = identify(stats);
  // A symbolic link can lead back into a folder that is being listed.
  if (!stats.isDirectory() || draft.visited.has(identity)) return;
  draft.visited.add(identity);
  draft.folders.set(path, identity);
  for (const name of await namesIn(draft, path)) {
    if (!name.startsWith('.')) await listChild(walk, join(path, name), walk.accepts?.(name) ?? false);
  }
}

async function listChild(walk: Walk, path: string, accepted: boolean): Promise<void> {
  const look = await lookAt(path);
  if (look.kind === 'failed' && accepted) walk.draft.unreadable.set(path, look.message);
  if (look.kind === 'found' && (accepted || !look.stats.isFile())) await listEntry(walk, path, look.stats);
}

function identify(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

async function namesIn(draft: Draft, folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    if (!isGone(cause)) draft.unreadable.set(folder, messageOf(cause));
    return [];
  }
}

type Look =
  | { readonly kind: 'found'; readonly stats: BigIntStats }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly message: string };

async function lookAt(path: string): Promise<Look> {
  try {
    return { kind: 'found', stats: await stat(path, { bigint: true }) };
  } catch (cause) {
    return isGone(cause) ? { kind: 'gone' } : { kind: 'failed', message: messageOf(cause) };
  }
}

/** Reads every file of a listing; files that went since are left out. */
export async function readListing(listing: Listing): Promise<ReadonlyMap<string, FileText>> {
  const texts = await Promise.all(listing.files.map(async (path) => [path, await readText(path)] as const));
  const unreadable = [...listing.unreadable].map(
    ([path, message]) => [path, { kind: 'unreadable', message }] as const,
  );
  return new Map<string, FileText>([
    ...texts.flatMap(([path, text]) => (text ? [[path, text] as const] : [])),
    ...unreadable,
  ]);
}

async function readText(path: string): Promise<FileText | undefined> {
  try {
    return { kind: 'text', text: await readFile(path, 'utf8') };
  } catch (cause) {
    return isGone(cause) ? undefined : { kind: 'unreadable', message: messageOf(cause) };
  }
}

function isGone(cause: unknown): boolean {
  return hasCode(cause, 'ENOENT') || hasCode(cause, 'ENOTDIR');
}
