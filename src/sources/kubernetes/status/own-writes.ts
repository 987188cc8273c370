import type { Observed } from '../observed.ts';

/** What this process has written and the watch has not brought back yet: it must not be written twice. */
export interface OwnWrites {
  /** The newest that is known of an object, by a watch or by the answer to a write. */
  readonly newest: (seen: Observed) => Observed;
  /** Notes the answer to a write; `seen` is what the watch had brought. */
  readonly wrote: (seen: Observed, after: Observed) => void;
  readonly forget: (uid: string) => void;
}

interface Written {
  readonly after: Observed;
  /** Versions that came before `after`: a watch that brings one of them is late. */
  readonly before: ReadonlySet<string>;
}

/** Creates a memory without writes. */
export function createOwnWrites(): OwnWrites {
  const writes = new Map<string, Written>();
  return {
    newest: (seen) => {
      const own = writes.get(seen.uid);
      return own?.before.has(seen.resourceVersion) === true ? own.after : seen;
    },
    wrote: (seen, after) => {
      const own = writes.get(seen.uid);
      const isLate = own?.before.has(seen.resourceVersion) === true;
      const before = isLate ? [...own.before, own.after.resourceVersion] : [seen.resourceVersion];
      // A server that had nothing to change gives no new version.
      writes.set(seen.uid, {
        after,
        before: new Set(before.filter((version) => version !== after.resourceVersion)),
      });
    },
    forget: (uid) => void writes.delete(uid),
  };
}
