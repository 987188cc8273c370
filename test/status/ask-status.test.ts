import { expect, onTestFinished, test } from 'vitest';
import { type AdminOptions, startAdmin } from '../../src/server/admin.ts';
import { askStatus } from '../../src/status/ask-status.ts';
import { statusWith } from '../page/statuses.ts';

const NEVER = new AbortController().signal;

/** Serves some pages until the test ends. */
async function serve(pages: AdminOptions['pages']) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  return { host: '127.0.0.1', port: await startAdmin({ host: '127.0.0.1', port: 0, pages }, stop.signal) };
}

const answer = (text: string) => new Map([['/debug/status', () => ({ status: 200, type: '', text })]]);

test('another program on the port that is asked at first does not hide a Serin on the next', async () => {
  const other = await serve(new Map());
  const serin = await serve(answer(JSON.stringify(statusWith())));
  const json = JSON.parse(JSON.stringify(statusWith()));
  const token = undefined;
  expect(await askStatus({ at: [other, serin], token }, NEVER)).toMatchObject({ kind: 'status', json });
  const garbage = await serve(answer('<html>'));
  expect(await askStatus({ at: [garbage, other], token }, NEVER)).toEqual({
    kind: 'refused',
    problem: `127.0.0.1:${garbage.port}: its status is of another version than this program`,
  });
  expect(await askStatus({ at: [], token }, NEVER)).toEqual({ kind: 'silent' });
});
