import { Agent as NodeAgent, get as nodeGet } from 'node:http';
import { Agent } from 'undici';
import { createHttpGet } from '../../src/sources/scrape/http-get.ts';

/** Asks a server for a page, and hands it on as it arrives. */
export type AskPage = (address: string, onPiece: (piece: Buffer) => void) => Promise<void>;

/** Serin's way to a page, and those of two libraries with kept connections. */
export function waysToPages(signal: AbortSignal): ReadonlyMap<string, AskPage> {
  return new Map([
    ['own client', byOwnClient(signal)],
    ['undici', byUndici(signal)],
    ['node:http', byNodeHttp(signal)],
  ]);
}

function byOwnClient(signal: AbortSignal): AskPage {
  const get = createHttpGet(signal);
  return async (address, onPiece) => {
    const result = await get({ address, path: '/metrics', headers: {}, timeoutMs: 5_000, signal, onPiece });
    if (result.kind !== 'answered') throw new Error(result.kind);
  };
}

function byUndici(signal: AbortSignal): AskPage {
  const agent = new Agent({ allowH2: false });
  signal.addEventListener('abort', () => void agent.destroy(), { once: true });
  return (address, onPiece) =>
    new Promise((resolve, reject) => {
      agent.dispatch(
        { origin: `http://${address}`, path: '/metrics', method: 'GET' },
        {
          onRequestStart: () => undefined,
          onResponseStart: () => undefined,
          onResponseData: (_, piece) => onPiece(piece),
          onResponseEnd: () => resolve(),
          onResponseError: (_, error) => reject(error),
        },
      );
    });
}

function byNodeHttp(signal: AbortSignal): AskPage {
  const agent = new NodeAgent({ keepAlive: true });
  signal.addEventListener('abort', () => agent.destroy(), { once: true });
  return (address, onPiece) =>
    new Promise((resolve, reject) => {
      const request = nodeGet(`http://${address}/metrics`, { agent }, (response) => {
        response.on('data', onPiece);
        response.once('end', resolve);
      });
      request.once('error', reject);
    });
}
