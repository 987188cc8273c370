import { expect, it } from 'vitest';
import { refusalText } from '../../src/client/refusal.ts';

it('a refusal is one line of bounded length, whatever the server says', () => {
  const texts = ['joe may not get /debug/status\n', '\u001b[2Jgone\r\nnext', 'x'.repeat(1 << 20), ''];
  expect(texts.map((text) => refusalText({ kind: 'page', status: 403, body: Buffer.from(text) }))).toEqual([
    '403 joe may not get /debug/status',
    '403 \u{fffd}[2Jgone\u{fffd}\u{fffd}next',
    `403 ${'x'.repeat(200)}…`,
    '403',
  ]);
});
