/** Something that has to have happened once before the process takes requests. */
export interface Condition {
  /** What is waited for, in the words of `/readyz`. */
  readonly name: string;
  readonly met: Promise<void>;
}

/** Follows some conditions. */
export interface Readiness {
  /** The names of those that are not met. */
  readonly waitingFor: () => readonly string[];
  /** Settles when all are met. */
  readonly ready: Promise<void>;
}

/** Creates the readiness of a process; once met, a condition stays met. */
export function createReadiness(conditions: readonly Condition[]): Readiness {
  const open = new Set(conditions.map(({ name }) => name));
  const all = conditions.map(({ name, met }) => met.then(() => void open.delete(name)));
  const ready = Promise.all(all).then(() => undefined);
  // A condition may fail before anybody waits; whoever does sees it.
  ready.catch(() => undefined);
  return { waitingFor: () => [...open], ready };
}
