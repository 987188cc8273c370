import type { Forward } from '../core/decision.ts';
import { reasonOf } from '../core/reason.ts';
import { DEBUG_ENDPOINT_HEADER, DEBUG_REASON_HEADER, DEBUG_TARGET_HEADER } from './keys.ts';

/** The response headers for a client that asks how its request was decided. */
export function debugHeaders(forward: Forward): readonly (readonly [string, string])[] {
  const { target, endpoint } = forward;
  return [
    ...(target === undefined ? [] : [[DEBUG_TARGET_HEADER, printable(target)] as const]),
    [DEBUG_ENDPOINT_HEADER, endpoint.address],
    [DEBUG_REASON_HEADER, printable(reasonOf(forward))],
  ];
}

const LONGEST_VALUE = 1000;

/** Names hold any character, and a header's value does not. */
function printable(text: string): string {
  return text.slice(0, LONGEST_VALUE).replace(/[^ -~]/gu, encoded);
}

function encoded(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
