import type { RequestHead } from './inbound.ts';
import type { OpaqueReason } from './outcome.ts';

/**
 * Tells whether a request's body cannot be read as JSON, by its headers; such a request is routed but not
 * rewritten. Clients often send JSON with curl's form type or no type at all, so those are read.
 */
export function opaqueReason(head: RequestHead): OpaqueReason | undefined {
  if (head.contentEncoding !== undefined && head.contentEncoding !== 'identity') return 'content_encoding';
  const type = head.contentType;
  if (type === undefined || type.includes('json')) return undefined;
  const readable = type.startsWith('text/plain') || type.startsWith('application/x-www-form-urlencoded');
  return readable ? undefined : 'content_type';
}
