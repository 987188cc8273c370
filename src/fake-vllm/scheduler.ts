/** A request in the scheduler. */
export interface Sequence {
  /** Ends it, whether it runs or waits. */
  readonly leave: () => void;
}

/** Lets at most `maxNumSeqs` requests run; the others wait in the order of their arrival. */
export interface Scheduler {
  /** Resolves when the request may run. */
  readonly enter: (model: string, signal: AbortSignal) => Promise<Sequence>;
  readonly running: () => readonly string[];
  readonly waiting: () => readonly string[];
}

interface Waiting {
  readonly model: string;
  readonly start: () => void;
}

/** Creates a scheduler; `running` and `waiting` list the model of each request. */
export function createScheduler(maxNumSeqs: number): Scheduler {
  const running = new Set<{ readonly model: string }>();
  const queue = new Set<Waiting>();

  function run(model: string): Sequence {
    const sequence = { model };
    running.add(sequence);
    return { leave: () => leave(sequence) };
  }

  function leave(sequence: { readonly model: string }): void {
    if (!running.delete(sequence)) return;
    for (const next of queue) {
      queue.delete(next);
      next.start();
      break;
    }
  }

  function wait(model: string, signal: AbortSignal): Promise<Sequence> {
    return new Promise((resolve, reject) => {
      const entry: Waiting = { model, start: () => resolve(run(model)) };
      queue.add(entry);
      const giveUp = () => {
        queue.delete(entry);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  return {
    enter: async (model, signal) => {
      signal.throwIfAborted();
      return running.size < maxNumSeqs ? run(model) : wait(model, signal);
    },
    running: () => [...running].map(({ model }) => model),
    waiting: () => [...queue].map(({ model }) => model),
  };
}
