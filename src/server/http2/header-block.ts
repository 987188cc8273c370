import type { Fault } from './fault.ts';
import { ErrorCode, fault } from './fault.ts';
import type { FrameHeader } from './frame.ts';
import { Flag } from './frame.ts';
import { LIMITS } from './limits.ts';

/** The fragments of a header block whose END_HEADERS has not come yet (RFC 9113 §4.3). */
export interface HeaderBlock {
  readonly streamId: number;
  readonly endStream: boolean;
  /** The priority of HEADERS made the stream depend on itself, a stream error of old (RFC 7540 §5.3.1). */
  readonly selfDependent: boolean;
  readonly fragments: Uint8Array[];
  bytes: number;
}

/** Begins a block with the payload of HEADERS, without its padding and priority (RFC 9113 §6.2). */
export function beginBlock({ streamId, flags }: FrameHeader, payload: Uint8Array): HeaderBlock | Fault {
  let start = 0;
  let end = payload.length;
  if ((flags & Flag.padded) !== 0) {
    end -= payload[0] ?? 0;
    start = 1;
  }
  const dependency = start;
  const prioritized = (flags & Flag.priority) !== 0;
  if (prioritized) start += 5;
  if (start > payload.length) return fault(ErrorCode.frameSizeError, 'HEADERS too short for its flags');
  if (start > end) return fault(ErrorCode.protocolError, 'more padding than payload');
  return {
    streamId,
    endStream: (flags & Flag.endStream) !== 0,
    selfDependent: prioritized && read31Bits(payload, dependency) === streamId,
    fragments: [end - start === payload.length ? payload : payload.subarray(start, end)],
    bytes: end - start,
  };
}

/** Adds the payload of CONTINUATION (RFC 9113 §6.10); a block may neither be long nor in many pieces. */
export function continueBlock(block: HeaderBlock, payload: Uint8Array): Fault | undefined {
  block.fragments.push(payload);
  block.bytes += payload.length;
  if (block.bytes <= LIMITS.headerBlockBytes && block.fragments.length <= LIMITS.continuations)
    return undefined;
  return fault(ErrorCode.enhanceYourCalm, 'header block too large');
}

/** The whole block; fragments are joined only if there are several. */
export function blockBytes({ fragments }: HeaderBlock): Uint8Array {
  const [only] = fragments;
  return fragments.length === 1 && only !== undefined ? only : Buffer.concat(fragments);
}

/** A number whose highest bit is reserved (RFC 9113 §6.9), or exclusive in a priority (RFC 7540 §6.3). */
export function read31Bits(payload: Uint8Array, at: number): number {
  const byte = (offset: number) => payload[at + offset] ?? 0;
  return ((byte(0) & 0x7f) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3);
}
