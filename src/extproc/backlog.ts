import { copyOf, SMALL_BYTES } from '../core/keep-piece.ts';
import type { BufferBudget } from './held-bytes.ts';
import type { Inbound } from './inbound.ts';

/** A message that has to wait for a decision. */
export type Waiting = Extract<Inbound, { kind: 'request-body' | 'request-trailers' }>;

/** The messages that came while a decision was put off. */
export interface Backlog {
  /** Sets a message aside and pays for it; false, and nothing kept, if the budget does not allow it. */
  readonly add: (message: Waiting) => boolean;
  /** Bytes of bodies that wait. */
  readonly byteLength: () => number;
  /** Gives up the messages in their order, and their memory; safe to call again. */
  readonly take: () => readonly Waiting[];
}

/** What a message costs besides its bytes, roughly: messages without a byte are not free. */
const MESSAGE_BYTES = 256;

/** Holds nothing at first. */
export function createBacklog(budget: BufferBudget): Backlog {
  let messages: Waiting[] = [];
  let bytes = 0;
  return {
    add: (message) => {
      const length = message.kind === 'request-body' ? message.bytes.length : 0;
      if (!budget.reserve(length + MESSAGE_BYTES)) return false;
      bytes += length;
      messages.push(ownMemory(message));
      return true;
    },
    byteLength: () => bytes,
    take: () => {
      const taken = messages;
      if (taken.length > 0) budget.release(bytes + taken.length * MESSAGE_BYTES);
      messages = [];
      bytes = 0;
      return taken;
    },
  };
}

/** A short piece would keep a whole chunk of the socket alive. */
function ownMemory(message: Waiting): Waiting {
  if (message.kind === 'request-trailers' || message.bytes.length >= SMALL_BYTES) return message;
  return { ...message, bytes: copyOf([message.bytes]) };
}
