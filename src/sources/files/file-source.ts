import type { Problem } from '../problems/problem.ts';
import { createProblemLog } from '../problems/problem-log.ts';
import { type FileTexts, type FollowTiming, followFiles, sameText } from './follow.ts';
import { type Kept, type Merged, mergeFiles, type ReadFile } from './last-good.ts';
import type { Accepts, FileText, Listing } from './listing.ts';

/** What is in force after a reading. */
export interface LoadSummary {
  readonly files: number;
  /** Objects in force, last good versions of broken ones included. */
  readonly objects: number;
  /** Problems that stand, in objects and in files. */
  readonly problems: number;
  /** Objects of kinds that are not used, by kind. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** Who is told about readings: a problem once when it appears, once when it is gone, and every new state. */
export interface FileReport {
  problem(problem: Problem): void;
  recovered(problem: Problem): void;
  loaded(summary: LoadSummary): void;
}

/** What a source of objects in files needs. */
export interface FileSourceOptions<T> {
  /** The flag that names the paths, for errors: `--manifests`. */
  readonly flag: string;
  readonly paths: readonly string[];
  readonly accepts: Accepts;
  readonly parse: (path: string, text: string) => ReadFile<T>;
  readonly publish: (values: readonly T[]) => void;
  readonly report: FileReport;
  readonly timing?: FollowTiming;
}

/** A source that reads its paths until it is stopped. */
export interface FileSource {
  /** Resolves when the first reading is published; rejects if a given path does not exist. */
  readonly firstRead: Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

const TIMING: FollowTiming = { pollMs: 1000, settleMs: 20, confirmMs: 250 };

/** Creates a source that keeps the last good version of every object and publishes whole readings. */
export function createFileSource<T>(options: FileSourceOptions<T>): FileSource {
  const { promise: firstRead, resolve, reject } = Promise.withResolvers<void>();
  // Whoever runs the source sees the same error; nobody has to wait for the first reading.
  firstRead.catch(() => undefined);
  const reader = createReader(options, resolve);
  return {
    firstRead,
    async run(signal) {
      const { paths, accepts, timing = TIMING } = options;
      const onListed = (listing: Listing) => requirePaths(options.flag, listing);
      try {
        await followFiles({ paths, accepts, timing, onListed, onRead: reader }, signal);
      } catch (cause) {
        reject(cause);
        throw cause;
      }
    },
  };
}

function requirePaths(flag: string, { missing }: Listing): void {
  if (missing.length > 0) throw new Error(`${flag}: ${missing.join(', ')}: no such file or directory`);
}

interface Parsed<T> {
  readonly text: FileText;
  readonly file: ReadFile<T>;
}

function createReader<T>(options: FileSourceOptions<T>, onFirst: () => void) {
  const { parse, publish, report } = options;
  const log = createProblemLog(report);
  let parsed: ReadonlyMap<string, Parsed<T>> | undefined;
  let good: ReadonlyMap<string, Kept<T>> = new Map();
  return (texts: FileTexts, look: 'first' | 'second'): 'taken' | 'doubted' => {
    const next = parseChanged(texts, parsed, parse);
    if (parsed !== undefined && sameFiles(parsed, next)) return 'taken';
    const files = new Map([...next].map(([path, { file }]) => [path, file]));
    const merged = mergeFiles(files, good);
    if (parsed !== undefined && look === 'first' && (loses(merged, good) || log.hasNew(merged.problems))) {
      return 'doubted';
    }
    parsed = next;
    good = merged.good;
    publish(merged.values);
    log.update(merged.problems);
    report.loaded(summarise(files, merged));
    onFirst();
    return 'taken';
  };
}

function parseChanged<T>(
  texts: FileTexts,
  before: ReadonlyMap<string, Parsed<T>> | undefined,
  parse: FileSourceOptions<T>['parse'],
): ReadonlyMap<string, Parsed<T>> {
  return new Map(
    [...texts].map(([path, text]) => {
      const known = before?.get(path);
      if (known !== undefined && sameText(known.text, text)) return [path, known];
      return [
        path,
        { text, file: text.kind === 'text' ? parse(path, text.text) : unreadable(path, text.message) },
      ];
    }),
  );
}

function unreadable<T>(path: string, message: string): ReadFile<T> {
  const place = { source: path, line: 1, column: 1 };
  return { items: [], broken: [{ place, object: undefined, field: '', message }], skipped: [] };
}

function sameFiles<T>(a: ReadonlyMap<string, Parsed<T>>, b: ReadonlyMap<string, Parsed<T>>): boolean {
  return a.size === b.size && [...a].every(([path, file]) => b.get(path) === file);
}

function loses<T>(merged: Merged<T>, good: ReadonlyMap<string, Kept<T>>): boolean {
  return [...good.keys()].some((id) => !merged.good.has(id));
}

function summarise<T>(files: ReadonlyMap<string, ReadFile<T>>, merged: Merged<T>): LoadSummary {
  const skipped = new Map<string, number>();
  for (const kind of [...files.values()].flatMap((file) => file.skipped)) {
    skipped.set(kind, (skipped.get(kind) ?? 0) + 1);
  }
  return { files: files.size, objects: merged.good.size, problems: merged.problems.length, skipped };
}
