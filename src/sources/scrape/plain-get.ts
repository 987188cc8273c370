import { createDeadline } from './deadline.ts';
import { BROKEN } from './get-fault.ts';
import type { HttpGet } from './http-get.ts';
import { openPlainConnection, type PlainConnection } from './plain-connection.ts';

/** What is read from a socket at once: a metrics page in few pieces. */
const READ_BYTES = 64 * 1024;

/** Anything else would end the header, or begin another one. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Creates a client for plaintext whose connections live until the signal aborts. TODO figures
 */
export function createPlainGet(signal: AbortSignal): HttpGet {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const kept = createKept();

  const open = (address: string) =>
    openPlainConnection({
      ...{ address, buffer, signal },
      onFree: (connection) => kept.add(address, connection),
      onClosed: (connection) => kept.remove(address, connection),
    });

  return async (get) => {
    if (signal.aborted || !Object.values(get.headers).every((value) => HEADER_VALUE.test(value)))
      return BROKEN;
    const deadline = createDeadline(get.timeoutMs, get.signal);
    try {
      const result = await kept.take(get.address)?.ask(get, deadline.signal);
      if (result !== undefined) return result;
      if (signal.aborted) return BROKEN;
      // Other kept connections may have ended as well.
      return (await open(get.address).ask(get, deadline.signal)) ?? BROKEN;
    } finally {
      deadline.clear();
    }
  };
}

/** Creates the connections that may be asked again, by their addresses. */
function createKept() {
  const kept = new Map<string, PlainConnection[]>();
  return {
    add: (address: string, connection: PlainConnection) => {
      const connections = kept.get(address);
      if (connections === undefined) kept.set(address, [connection]);
      else connections.push(connection);
    },
    /** The one that was used last. */
    take: (address: string) => kept.get(address)?.pop(),
    remove: (address: string, connection: PlainConnection) => {
      const others = kept.get(address)?.filter((each) => each !== connection) ?? [];
      if (others.length > 0) kept.set(address, others);
      else kept.delete(address);
    },
  };
}
