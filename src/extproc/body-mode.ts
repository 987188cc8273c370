/** How Envoy sends a body: `ProcessingMode.BodySendMode`, plus `unknown` until the messages tell. */
export type BodyMode = 'none' | 'buffered' | 'buffered-partial' | 'streamed' | 'full-duplex';

/** Where the mode of a stream was learnt, most trusted first; also the value of a metric label. */
export type BodyModeSource = 'protocol_config' | 'metadata' | 'flag' | 'order';

/** The body modes of both directions. */
export interface BodyModes {
  readonly request: BodyMode;
  readonly response: BodyMode;
}

/** What an operator said about one stream's modes, in call metadata and by flags. */
export interface ModeHints {
  readonly metadata: BodyMode | undefined;
  readonly responseMetadata: BodyMode | undefined;
  readonly flag: BodyMode | undefined;
  readonly responseFlag: BodyMode | undefined;
}

/** The modes of a stream before its first body message; `request` is undefined if only the order can tell. */
export interface ResolvedModes {
  readonly request: BodyMode | undefined;
  readonly response: BodyMode;
  readonly source: BodyModeSource;
}

const NAMES: ReadonlyMap<string, BodyMode> = new Map([
  // As Envoy names them in every request, so that these need no other spelling.
  ['NONE', 'none'],
  ['BUFFERED', 'buffered'],
  ['BUFFERED_PARTIAL', 'buffered-partial'],
  ['STREAMED', 'streamed'],
  ['FULL_DUPLEX_STREAMED', 'full-duplex'],
  ['none', 'none'],
  ['buffered', 'buffered'],
  ['buffered-partial', 'buffered-partial'],
  ['streamed', 'streamed'],
  ['full-duplex', 'full-duplex'],
  ['full-duplex-streamed', 'full-duplex'],
]);

/** Reads a mode as Envoy, call metadata or a flag spells it (`FULL_DUPLEX_STREAMED`, `full-duplex`). */
export function parseBodyMode(text: string): BodyMode | undefined {
  return NAMES.get(text) ?? NAMES.get(text.toLowerCase().replaceAll('_', '-'));
}

/**
 * Settles both modes in the order of trust: `protocol_config`, call metadata, flag, order of the messages.
 * Nothing in the order of the messages tells the response mode, so it then follows a full-duplex request.
 */
export function resolveModes(config: BodyModes | undefined, hints: ModeHints): ResolvedModes {
  if (config !== undefined) return { ...config, source: 'protocol_config' };
  const request = hints.metadata ?? hints.flag;
  return {
    request,
    response: hints.responseMetadata ?? hints.responseFlag ?? responseLike(request),
    source: hints.metadata !== undefined ? 'metadata' : hints.flag !== undefined ? 'flag' : 'order',
  };
}

/** The response mode that data planes pair with a request mode when they announce neither. */
export function responseLike(request: BodyMode | undefined): BodyMode {
  return request === 'full-duplex' ? 'full-duplex' : 'none';
}
