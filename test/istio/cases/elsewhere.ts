import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NODE_ADDRESS } from '../../../scripts/node/settings.ts';
import { DESTINATION_HEADER } from '../../../src/extproc/keys.ts';

/** A server that no pool has, which the gateway could reach all the same. */
export interface Elsewhere {
  /** The headers with which a client asks to be sent there. */
  readonly headers: Readonly<Record<string, string>>;
  readonly visits: () => number;
  readonly close: () => void;
}

/** Starts one on the node's address. */
export async function startElsewhere(): Promise<Elsewhere> {
  let visits = 0;
  const server = createServer((_, response) => {
    visits += 1;
    response.end('{"model":"elsewhere"}');
  });
  await new Promise<void>((resolve) => server.listen(0, NODE_ADDRESS, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    headers: { [DESTINATION_HEADER]: `${NODE_ADDRESS}:${port}` },
    visits: () => visits,
    close: () => server.close(),
  };
}
