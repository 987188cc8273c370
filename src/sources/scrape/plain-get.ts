import { expireAfter } from './deadline.ts';
import { BROKEN, KEEP_ALIVE_MS, TIMEOUT } from './get-fault.ts';
import type { GetRequest, GetResult, HttpGet, OnEnded } from './http-get.ts';
import { openPlainConnection, type PlainConnection } from './plain-connection.ts';

/** What is read from a socket at once: a metrics page in few pieces. */
const READ_BYTES = 64 * 1024;

/** Any other byte would end the header, and might begin another one. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Creates a client for plaintext whose connections live until the signal aborts. It is our own, since what a
 * library allocates for a page of 65 KB costs more to collect than the page to read: with 100 idle pods, each
 * asked four times a second, a page costs 175 µs of CPU here, and 430 by undici, which costs less than
 * `node:http`. All sockets are read into one buffer, and a page is read where it lies.
 */
export function createPlainGet(signal: AbortSignal, onEnded?: OnEnded): HttpGet {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const kept = createKeptConnections(signal);

  const open = (address: string) =>
    openPlainConnection({
      ...{ address, buffer, signal },
      onFree: (connection) => kept.add(address, connection),
      onClosed: (connection) => {
        kept.remove(address, connection);
        if (!signal.aborted) onEnded?.(address);
      },
    });

  async function ask(get: GetRequest): Promise<GetResult> {
    let connection = kept.take(get.address) ?? open(get.address);
    let isOver = false;
    const giveUp = () => {
      isOver = true;
      connection.giveUp();
    };
    const stopWaiting = expireAfter(get.timeoutMs, giveUp);
    get.signal.addEventListener('abort', giveUp);
    try {
      const result = await connection.ask(get);
      if (result !== undefined || isOver) return result ?? TIMEOUT;
      if (signal.aborted) return BROKEN;
      // Other kept connections may have ended as well.
      connection = open(get.address);
      return (await connection.ask(get)) ?? BROKEN;
    } finally {
      stopWaiting();
      get.signal.removeEventListener('abort', giveUp);
    }
  }

  return async (get) => {
    if (get.signal.aborted) return TIMEOUT;
    return signal.aborted || !isSendable(get) ? BROKEN : ask(get);
  };
}

function isSendable({ headers }: GetRequest): boolean {
  return Object.values(headers).every((value) => HEADER_VALUE.test(value));
}

/** The connections that may be asked again. */
interface KeptConnections {
  readonly add: (address: string, connection: PlainConnection) => void;
  /** The one that was used last. */
  readonly take: (address: string) => PlainConnection | undefined;
  readonly remove: (address: string, connection: PlainConnection) => void;
}

/** A connection, and in which round of the sweeping it was used. */
interface Kept {
  readonly connection: PlainConnection;
  readonly round: number;
}

/** Creates them; what is not used for two rounds of `KEEP_ALIVE_MS` is closed, as of a pod that has gone. */
function createKeptConnections(signal: AbortSignal): KeptConnections {
  const all = new Map<string, Kept[]>();
  let round = 0;

  function sweep(): void {
    round += 1;
    for (const kept of all.values())
      for (const each of kept) if (each.round < round - 1) each.connection.giveUp();
  }

  // One timer for all of them, since moving one for each at each read would cost a tenth of a scrape.
  const sweeping = setInterval(sweep, KEEP_ALIVE_MS).unref();
  signal.addEventListener('abort', () => clearInterval(sweeping), { once: true });
  return {
    add: (address, connection) => {
      const kept = all.get(address);
      if (kept === undefined) all.set(address, [{ connection, round }]);
      else kept.push({ connection, round });
    },
    take: (address) => all.get(address)?.pop()?.connection,
    remove: (address, connection) => {
      const others = all.get(address)?.filter((each) => each.connection !== connection) ?? [];
      if (others.length > 0) all.set(address, others);
      else all.delete(address);
    },
  };
}
