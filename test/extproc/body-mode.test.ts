import { describe, expect, it } from 'vitest';
import type { ModeHints } from '../../src/extproc/body-mode.ts';
import { parseBodyMode, resolveModes } from '../../src/extproc/body-mode.ts';

const NO_HINTS: ModeHints = {
  metadata: undefined,
  responseMetadata: undefined,
  flag: undefined,
  responseFlag: undefined,
};

describe('parseBodyMode', () => {
  it.each([
    ['FULL_DUPLEX_STREAMED', 'full-duplex'],
    ['full-duplex', 'full-duplex'],
    ['BUFFERED_PARTIAL', 'buffered-partial'],
    ['Buffered', 'buffered'],
    ['streamed', 'streamed'],
    ['NONE', 'none'],
    ['duplex', undefined],
    ['', undefined],
  ])('reads %j as %j', (text, mode) => {
    expect(parseBodyMode(text)).toBe(mode);
  });
});

describe('resolveModes', () => {
  it('trusts protocol_config before everything else', () => {
    const config = { request: 'buffered', response: 'streamed' } as const;
    expect(resolveModes(config, { ...NO_HINTS, metadata: 'none', flag: 'none' })).toEqual({
      ...config,
      source: 'protocol_config',
    });
  });

  it('trusts call metadata before flags, for each direction by itself', () => {
    const hints = { ...NO_HINTS, metadata: 'buffered', flag: 'none', responseFlag: 'streamed' } as const;
    expect(resolveModes(undefined, hints)).toEqual({
      request: 'buffered',
      response: 'streamed',
      source: 'metadata',
    });
  });

  it('lets the response follow a full-duplex request when nothing names its mode', () => {
    expect(resolveModes(undefined, { ...NO_HINTS, flag: 'full-duplex' })).toEqual({
      request: 'full-duplex',
      response: 'full-duplex',
      source: 'flag',
    });
  });

  it('leaves the request mode open when only the order of the messages can tell', () => {
    expect(resolveModes(undefined, NO_HINTS)).toEqual({
      request: undefined,
      response: 'none',
      source: 'order',
    });
  });
});
