import { createPlainGet } from './plain-get.ts';
import type { PodTls } from './pod-tls.ts';
import { createTlsGet } from './tls-get.ts';

/** One GET, as a pod is asked. */
export interface GetRequest {
  /** `ip:port`. */
  readonly address: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  /** For everything, a second attempt included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Takes the body of a 200 as it arrives, each piece only for as long as the call lasts; the answer has none. */
  readonly onPiece?: (piece: Buffer) => void;
}

/** What came of it; `refused` says that nothing listens there. */
export type GetResult =
  | { readonly kind: 'answered'; readonly status: number; readonly body: Buffer }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly reason: 'timeout' | 'too_large' | 'connection' | 'certificate' };

/** Asks pods over HTTP with kept connections. */
export type HttpGet = (get: GetRequest) => Promise<GetResult>;

/** Told that a connection to an address has ended; only of plaintext. */
export type OnEnded = (address: string) => void;

/** Creates a client whose connections live until the signal aborts; without `tls` it speaks plaintext. */
export function createHttpGet(signal: AbortSignal, tls?: PodTls, onEnded?: OnEnded): HttpGet {
  return tls === undefined ? createPlainGet(signal, onEnded) : createTlsGet(signal, tls);
}
