import { asBuffer } from '../core/as-buffer.ts';
import { copyOf, keepPiece, SMALL_BYTES } from '../core/keep-piece.ts';
import { createLineEnds } from './line-ends.ts';

/** Takes the events of a stream, with everything that belongs to them: all bytes arrive in order, once. */
export interface EventSink {
  /** A whole event with the blank line that ends it; a view that holds only during the call. */
  readonly event: (bytes: Buffer) => void;
  /** A part of an event that is too long to be put together; the first has its beginning. */
  readonly part: (bytes: Buffer, isLast: boolean) => void;
}

/** Splits a stream of server-sent events, which may be cut anywhere. */
export interface EventSplitter {
  readonly push: (chunk: Uint8Array) => void;
  /** True between two events. */
  readonly isAtBoundary: () => boolean;
  /** Hands over the bytes of an event that has not ended. */
  readonly takeRest: () => readonly Uint8Array[];
}

/** No event that Serin looks for is longer. */
const MAX_EVENT_BYTES = 16 * 1024;

const LF = 0x0a;

/** Creates a splitter. Lines end with LF, CRLF or CR, as the standard has it. */
export function createEventSplitter(sink: EventSink): EventSplitter {
  const lines = createLineEnds();
  let carried: Uint8Array[] = [];
  let carriedBytes = 0;
  let isLong = false;

  function finish(bytes: Buffer): void {
    if (isLong) {
      isLong = false;
      sink.part(bytes, true);
    } else if (carriedBytes === 0) sink.event(bytes);
    else sink.event(joined(bytes));
  }

  function joined(bytes: Buffer): Buffer {
    const whole = Buffer.concat([...carried, bytes]);
    carried = [];
    carriedBytes = 0;
    return whole;
  }

  /** Keeps a copy, since a chunk is a view of a larger buffer; it takes no more memory however it is cut. */
  function carry(rest: Buffer): void {
    if (rest.length === 0) return;
    if (isLong) sink.part(rest, false);
    else if (carriedBytes + rest.length > MAX_EVENT_BYTES) {
      isLong = true;
      sink.part(joined(rest), false);
    } else {
      keepPiece(carried, rest.length < SMALL_BYTES ? rest : copyOf([rest]));
      carriedBytes += rest.length;
    }
  }

  return {
    push: (bytes) => {
      const chunk = asBuffer(bytes);
      let start = 0;
      for (let end = lines.eventEnd(chunk, 0); end >= 0; end = lines.eventEnd(chunk, start)) {
        finish(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end));
        start = end;
      }
      carry(start === 0 ? chunk : chunk.subarray(start));
    },
    isAtBoundary: () => carriedBytes === 0 && !isLong && !lines.isAfterCr(),
    takeRest: () => {
      const rest = carried;
      carried = [];
      carriedBytes = 0;
      return rest;
    },
  };
}

/** True if a chunk that begins between two events ends there as well, as those of model servers do. */
export function endsEvent(chunk: Uint8Array): boolean {
  return chunk.at(-1) === LF && chunk.at(-2) === LF;
}
