import type { ModelName } from './names.ts';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x0100_0193;

/**
 * A number in [0, 1) for a client's session: the same in every process and after every restart, so that all
 * replicas that see the same weights give a session the same target. The model is part of it, or whoever gets
 * the canary of one model would get that of every other. It is FNV-1a of the UTF-16 units; what follows spreads
 * sessions that differ in their last character alone.
 */
export function sessionRoll(session: string, model: ModelName): number {
  return hashOf(session, model) / 2 ** 32;
}

/** The same hash as eight hexadecimal digits: tells a session's requests for a model apart from others, not whose. */
export function sessionKey(session: string, model: ModelName): string {
  return hashOf(session, model).toString(16).padStart(8, '0');
}

function hashOf(session: string, model: ModelName): number {
  let hash = FNV_OFFSET;
  for (const text of [model, '\0', session]) {
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
