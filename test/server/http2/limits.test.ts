import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LIMITS, TIMEOUTS, WINDOWS } from '../../../src/server/http2/limits.ts';

const DOC = readFileSync(join(import.meta.dirname, '../../../docs/transport.md'), 'utf8');

/** The second column of the row that begins with a word. */
function limitOf(attack: string): string {
  const row = DOC.split('\n').find((line) => line.startsWith(`| ${attack}`));
  return row?.split('|')[2]?.trim() ?? '';
}

test('docs/transport.md names the limits that hold', () => {
  const rate = ({ burst, perSecond }: { readonly burst: number; readonly perSecond: number }) => [
    burst,
    perSecond,
  ];
  const seconds = (ms: number) => ms / 1000;
  const numbers = (attack: string) => (limitOf(attack).match(/\d+/g) ?? []).map(Number);
  expect({
    resets: numbers('rapid reset'),
    provoked: numbers('made-you-reset'),
    continuation: numbers('CONTINUATION'),
    list: numbers('HPACK bomb'),
    table: numbers('table-size')[0],
    settings: numbers('SETTINGS flood'),
    idle: numbers('PING, PRIORITY'),
    windows: numbers('WINDOW_UPDATE flood'),
    frame: numbers('oversize frames'),
    stall: [numbers('tiny windows')[0], numbers('a socket')[0]],
    handshake: numbers('slow preface'),
    keepalive: numbers('a peer that is gone'),
    idleMinutes: numbers('a connection without')[0],
  }).toEqual({
    resets: rate(LIMITS.resets),
    provoked: rate(LIMITS.provokedResets),
    continuation: [LIMITS.headerBlockBytes, LIMITS.continuations],
    list: [LIMITS.headerListBytes],
    table: LIMITS.headerTableBytes,
    settings: rate(LIMITS.settings),
    idle: rate(LIMITS.idleFrames),
    windows: rate(LIMITS.windowUpdates),
    frame: [WINDOWS.frameBytes],
    stall: [seconds(TIMEOUTS.stallMs), seconds(TIMEOUTS.stallMs)],
    handshake: [seconds(TIMEOUTS.handshakeMs)],
    keepalive: [seconds(TIMEOUTS.keepaliveMs), seconds(TIMEOUTS.pingMs)],
    idleMinutes: TIMEOUTS.idleMs / 60_000,
  });
});
