import { createFolderWatchers } from './folder-watchers.ts';
import { type Accepts, type FileText, type Listing, listFiles, readListing } from './listing.ts';
import { createWake, pause } from './wake.ts';

/** All files as they were at one moment, by path and in the order of their paths. */
export type FileTexts = ReadonlyMap<string, FileText>;

/** How long a follower waits, in milliseconds. */
export interface FollowTiming {
  /** Between two looks when no event comes: finds what the system's watches miss. */
  readonly pollMs: number;
  /** After an event, for the other events of the same edit. */
  readonly settleMs: number;
  /** Before a doubtful reading is read again. */
  readonly confirmMs: number;
}

/** What a follower needs. */
export interface FollowOptions {
  readonly paths: readonly string[];
  readonly accepts: Accepts;
  readonly timing: FollowTiming;
  /** Called with the first listing before anything is read; what it throws ends the follower. */
  readonly onListed: (listing: Listing) => void;
  /**
   * Takes a reading, or doubts it: a file that is being written looks like one that lost its end. A doubted
   * reading is offered a second time if a later look finds the same.
   */
  readonly onRead: (texts: FileTexts, look: 'first' | 'second') => 'taken' | 'doubted';
}

/**
 * Follows files and folders until the signal is aborted: in-place writes, renames over a file, swaps of symbolic
 * links, files that come and go, and folders that are replaced.
 */
export async function followFiles(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const { paths, accepts, timing } = options;
  const wake = createWake();
  const watchers = createFolderWatchers(wake.rouse);
  const offer = createOffer(options.onRead);
  try {
    for (let looks = 0; !signal.aborted; looks += 1) {
      const listing = await listFiles(paths, accepts);
      if (watchers.update(listing.folders)) wake.rouse();
      if (looks === 0) options.onListed(listing);
      const outcome = await offer(listing);
      if (outcome === 'doubted') await pause(timing.confirmMs, signal);
      else if (await wake.sleep(timing.pollMs, signal)) await pause(timing.settleMs, signal);
    }
  } finally {
    watchers.close();
  }
}

function createOffer(onRead: FollowOptions['onRead']) {
  let stamp: string | undefined;
  let doubted: FileTexts | undefined;
  return async (listing: Listing): Promise<'taken' | 'doubted'> => {
    if (listing.stamp === stamp && doubted === undefined) return 'taken';
    stamp = listing.stamp;
    const texts = await readListing(listing);
    const look = doubted !== undefined && sameTexts(doubted, texts) ? 'second' : 'first';
    const outcome = onRead(texts, look);
    doubted = outcome === 'doubted' ? texts : undefined;
    return outcome;
  };
}

function sameTexts(a: FileTexts, b: FileTexts): boolean {
  return a.size === b.size && [...a].every(([path, text]) => sameText(text, b.get(path)));
}

/** Says whether two readings of one path found the same. */
export function sameText(a: FileText, b: FileText | undefined): boolean {
  if (a.kind === 'text') return b?.kind === 'text' && a.text === b.text;
  return b?.kind === 'unreadable' && a.message === b.message;
}
