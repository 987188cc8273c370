import type { Socket } from 'node:net';

/** Collects what one turn writes. */
export interface WriteBatch {
  readonly write: (bytes: Buffer) => void;
  readonly flush: () => void;
}

/** Up to here one copy is cheaper than a list of slices. */
const JOINED_BYTES = 65_536;

/** Creates the batch of a socket: small turns leave as one buffer, large ones as slices in one system call. */
export function createWriteBatch(socket: Socket): WriteBatch {
  let parts: Buffer[] = [];
  let bytes = 0;
  return {
    write: (part) => {
      parts.push(part);
      bytes += part.length;
    },
    flush: () => {
      if (bytes === 0) return;
      if (bytes <= JOINED_BYTES) socket.write(Buffer.concat(parts, bytes));
      else {
        socket.cork();
        for (const part of parts) socket.write(part);
        socket.uncork();
      }
      parts = [];
      bytes = 0;
    },
  };
}
