import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import { formatAddress } from '../../../src/core/address.ts';
import type { Address } from '../../../src/core/names.ts';

/** Listens with room for one connection, and then accepts none. */
const LISTEN = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;
/** More connections than the kernel keeps for a server that accepts none. */
const CONNECTIONS = 8;

/** Starts a server to which no connection comes about any more, as to a machine that has gone. */
export async function startFullServer(): Promise<Address> {
  const worker = new Worker(LISTEN, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const sockets = Array.from({ length: CONNECTIONS }, () => connect(port, '127.0.0.1'));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await worker.terminate();
  });
  await Promise.race(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  return formatAddress('127.0.0.1', port);
}
