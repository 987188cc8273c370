import type { GetResult } from './http-get.ts';

/** The time was over. */
export const TIMEOUT: GetResult = { kind: 'failed', reason: 'timeout' };

/** The connection broke, or what came over it was no answer. */
export const BROKEN: GetResult = { kind: 'failed', reason: 'connection' };

/**
 * The kernel of a live machine takes connections also for a server that is busy, so only an address that is
 * gone, such as that of a removed container, takes this long.
 */
export const CONNECT_TIMEOUT_MS = 200;

/** Longer than any pause between two questions. */
export const KEEP_ALIVE_MS = 30_000;

const REFUSED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);
const TOO_LATE: ReadonlySet<string> = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);
/** OpenSSL's words for a certificate that is not taken, on either side. */
const CERTIFICATE_CODE = /CERT|SSL|TLS|SIGNATURE|INVALID_CA|MISMATCH/;

/** What an error of a connection says of the server. */
export function faultOf({ code = '' }: NodeJS.ErrnoException): GetResult {
  if (REFUSED.has(code)) return { kind: 'refused' };
  if (TOO_LATE.has(code)) return TIMEOUT;
  return CERTIFICATE_CODE.test(code) ? { kind: 'failed', reason: 'certificate' } : BROKEN;
}
