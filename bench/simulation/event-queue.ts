/** Events in the order of their times; events of one time come in the order in which they were added. */
export interface EventQueue<Event> {
  readonly add: (atMs: number, event: Event) => void;
  /** Takes the earliest event out. */
  readonly next: () => TimedEvent<Event> | undefined;
}

/** An event and when it happens. */
export interface TimedEvent<Event> {
  readonly atMs: number;
  readonly event: Event;
}

interface Entry<Event> extends TimedEvent<Event> {
  readonly order: number;
}

/** Creates an empty queue: a binary heap. */
export function createEventQueue<Event>(): EventQueue<Event> {
  const heap: Entry<Event>[] = [];
  let added = 0;

  function rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!swapIfLess(at, parent)) return;
      at = parent;
    }
  }

  function sink(): void {
    let at = 0;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const least = isLess(right, left) ? right : left;
      if (!swapIfLess(least, at)) return;
      at = least;
    }
  }

  function isLess(a: number, b: number): boolean {
    const [one, other] = [heap[a], heap[b]];
    if (one === undefined || other === undefined) return false;
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
  }

  function swapIfLess(a: number, b: number): boolean {
    const [one, other] = [heap[a], heap[b]];
    if (one === undefined || other === undefined || !isLess(a, b)) return false;
    heap[a] = other;
    heap[b] = one;
    return true;
  }

  return {
    add: (atMs, event) => {
      heap.push({ atMs, event, order: added });
      added += 1;
      rise(heap.length - 1);
    },
    next: () => {
      const first = heap[0];
      const last = heap.pop();
      if (first !== undefined && last !== undefined && heap.length > 0) {
        heap[0] = last;
        sink();
      }
      return first;
    },
  };
}
