import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { measureCodec } from '../../../bench/codec/measure.ts';
import { createMicro, MICRO_USAGE, parseMicroOptions } from '../../../bench/micro/micro.ts';
import { measurePages } from '../../../bench/scraping/page.ts';
import { measureSnapshots } from '../../../bench/snapshot/measure.ts';

const SHORT = { rounds: 1, turnMs: 0.01 };
const { signal } = new AbortController();
const NUMBER = expect.any(Number);

test('the command writes what was measured as JSON, and a picture if it draws one', async () => {
  const out = await mkdtemp(join(tmpdir(), 'serin-micro-'));
  onTestFinished(() => rm(out, { recursive: true }));
  const run = createMicro({
    name: 'thing',
    measure: async ({ rounds }) => [{ rounds }],
    tables: (rows) => `${rows.length} row`,
    picture: () => '<svg/>',
  });
  expect(await run(['--quick', '--out', out], signal)).toBe(0);
  expect(JSON.parse(await readFile(join(out, 'thing.json'), 'utf8'))).toEqual({
    at: expect.stringMatching(/^\d{4}-/),
    machine: expect.objectContaining({ node: process.version }),
    options: { quick: true, readme: false, out },
    rows: [{ rounds: 3 }],
  });
  expect(await readFile(join(out, 'thing.svg'), 'utf8')).toBe('<svg/>');
  expect(await run(['--fast'], signal)).toBe(2);
});

test('its options are those of the help', () => {
  expect(parseMicroOptions(['--readme'])).toEqual({
    kind: 'ok',
    options: { quick: false, readme: true, out: '.cache/bench' },
  });
  expect(parseMicroOptions(['--x'])).toEqual({ kind: 'invalid', problem: expect.stringContaining('--x') });
  for (const name of ['--quick', '--out', '--readme']) expect(MICRO_USAGE).toContain(name);
});

test('the codec reads and writes every message of a request, as the floor does', () => {
  expect(measureCodec(SHORT)).toEqual(
    [
      'read request headers',
      'read 1 KiB of a body',
      'read 16 KiB of a body',
      'read the end of a body',
      'read response headers',
      'write a destination',
      'write a destination and metadata',
      'write 1 KiB of a body',
      'write 16 KiB of a body',
      'write the answer to response headers',
    ].map((message) => ({ message, bytes: NUMBER, us: NUMBER, floorUs: NUMBER, ratio: NUMBER })),
  );
});

test('snapshots are measured by the size of the pool', () => {
  expect(measureSnapshots([2, 20], SHORT)).toEqual(
    [2, 20].map((endpoints) => ({ endpoints, us: NUMBER, floorUs: NUMBER, ratio: NUMBER })),
  );
});

test('pages are read and fetched in every way', async () => {
  const rows = await measurePages(SHORT);
  expect(rows).toEqual(
    [6, 1000].map((series) => ({
      series,
      bytes: NUMBER,
      readUs: NUMBER,
      longestPieceUs: NUMBER,
      searchUs: NUMBER,
      floorUs: NUMBER,
      ratio: NUMBER,
      scrapesUs: { 'own client': NUMBER, undici: NUMBER, 'node:http': NUMBER },
    })),
  );
});
