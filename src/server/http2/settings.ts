import type { Fault } from './fault.ts';
import { ErrorCode, fault } from './fault.ts';

/** Identifiers of settings (RFC 9113 §6.5.2). */
export const SettingId = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
} as const;

/** The largest window, and the largest stream identifier (RFC 9113 §6.9.1). */
export const MAX_31_BITS = 0x7fff_ffff;
/** The window of a connection at its start, and of a stream without a setting (RFC 9113 §6.9.2). */
export const DEFAULT_WINDOW_BYTES = 65_535;
/** What every endpoint takes (RFC 9113 §4.2). */
export const MIN_MAX_FRAME_BYTES = 16_384;
const MAX_MAX_FRAME_BYTES = 16_777_215;

/** The settings of the peer that we obey. */
export interface PeerSettings {
  initialWindowBytes: number;
  maxFrameBytes: number;
  /** The peer named a size of our dynamic table: the next block has to answer (RFC 7541 §4.2). */
  tableSizeNamed: boolean;
}

/** The settings of a peer that has named none. */
export function defaultPeerSettings(): PeerSettings {
  return {
    initialWindowBytes: DEFAULT_WINDOW_BYTES,
    maxFrameBytes: MIN_MAX_FRAME_BYTES,
    tableSizeNamed: false,
  };
}

/** Reads the payload of SETTINGS into `settings`, in order; unknown ones have no meaning (RFC 9113 §6.5.2). */
export function readSettings(settings: PeerSettings, payload: Uint8Array): Fault | undefined {
  if (payload.length % 6 !== 0) return fault(ErrorCode.frameSizeError, 'SETTINGS of no whole entries');
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  for (let at = 0; at < payload.length; at += 6) {
    const problem = readSetting(settings, view.getUint16(at), view.getUint32(at + 2));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function readSetting(settings: PeerSettings, identifier: number, value: number): Fault | undefined {
  switch (identifier) {
    case SettingId.headerTableSize:
      settings.tableSizeNamed = true;
      return undefined;
    case SettingId.enablePush:
      return value > 1 ? fault(ErrorCode.protocolError, 'ENABLE_PUSH is neither 0 nor 1') : undefined;
    case SettingId.initialWindowSize:
      if (value > MAX_31_BITS) return fault(ErrorCode.flowControlError, 'INITIAL_WINDOW_SIZE above 2^31-1');
      settings.initialWindowBytes = value;
      return undefined;
    case SettingId.maxFrameSize:
      if (value < MIN_MAX_FRAME_BYTES || value > MAX_MAX_FRAME_BYTES) {
        return fault(ErrorCode.protocolError, 'MAX_FRAME_SIZE out of bounds');
      }
      settings.maxFrameBytes = value;
      return undefined;
    default:
      return undefined;
  }
}
