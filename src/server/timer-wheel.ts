import { aborted } from '../aborted.ts';

/** One deadline that can be moved at no cost. */
export interface Timer {
  /** Sets or moves the deadline to `delayMs` from now. */
  readonly arm: (delayMs: number) => void;
  readonly disarm: () => void;
}

/** Coarse deadlines for many streams on a single interval. */
export interface TimerWheel {
  /** Creates a disarmed timer; `onDue` runs at most once per `arm`, never early, up to two ticks late. */
  readonly timer: (onDue: () => void) => Timer;
  /** Turns the wheel until the signal aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** Settings of a wheel. */
export interface TimerWheelOptions {
  readonly tickMs: number;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

const SLOTS = 512;

/** A link of a slot's ring list; `dueTick` says when it is due, since far deadlines pass a slot early. */
interface Link {
  previous: Link;
  next: Link;
  dueTick: number;
  /**
   * Nothing while the link is alone. The engine makes links in its old generation at once, for those of the slots
   * live as long as the wheel, and a dead one there would keep its stream with all of its request until the next full
   * collection: each scavenge then copied what hundreds of requests had left, and took ten times as long.
   */
  onDue: () => void;
}

const NOTHING = () => undefined;

/**
 * Creates a wheel of 512 slots with one list each. Arming and disarming only relink, so a stream may move
 * its deadline with every message, and a disarmed timer keeps nothing alive.
 */
export function createTimerWheel(options: TimerWheelOptions): TimerWheel {
  const slots = Array.from({ length: SLOTS }, createLink);
  let currentTick = tickOf(options.now());

  function tickOf(ms: number): number {
    return Math.floor(ms / options.tickMs);
  }

  function place(link: Link): void {
    const tick = Math.min(link.dueTick, currentTick + SLOTS - 1);
    const slot = slots[tick % SLOTS];
    if (slot !== undefined) insertBefore(slot, link);
  }

  function turn(): void {
    const nowTick = tickOf(options.now());
    while (currentTick < nowTick) {
      currentTick += 1;
      const slot = slots[currentTick % SLOTS];
      if (slot !== undefined) empty(slot);
    }
  }

  /** The slot's links move to a list of their own first: a due timer may arm or disarm any other. */
  function empty(slot: Link): void {
    const due = createLink();
    insertBefore(slot, due);
    unlink(slot);
    for (let link = due.next; link !== due; link = due.next) {
      unlink(link);
      if (link.dueTick > currentTick) place(link);
      else fire(link);
    }
  }

  return {
    timer: (onDue) => {
      const link = createLink();
      return {
        arm: (delayMs) => {
          unlink(link);
          link.onDue = onDue;
          link.dueTick = Math.max(tickOf(options.now() + delayMs), currentTick) + 1;
          place(link);
        },
        disarm: () => {
          unlink(link);
          link.onDue = NOTHING;
        },
      };
    },
    run: async (signal) => {
      const interval = setInterval(turn, options.tickMs);
      await aborted(signal);
      clearInterval(interval);
    },
  };
}

/** A link that is alone is its own neighbour: unlinking it again changes nothing. */
function createLink(): Link {
  const link = { dueTick: 0, onDue: NOTHING } as Link;
  link.previous = link;
  link.next = link;
  return link;
}

function fire(link: Link): void {
  const { onDue } = link;
  link.onDue = NOTHING;
  onDue();
}

function unlink(link: Link): void {
  link.previous.next = link.next;
  link.next.previous = link.previous;
  link.previous = link;
  link.next = link;
}

function insertBefore(head: Link, link: Link): void {
  link.previous = head.previous;
  link.next = head;
  head.previous.next = link;
  head.previous = link;
}
