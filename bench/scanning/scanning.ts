import { createJsonScanner } from '../../src/core/json-scan.ts';
import { wantedKeys } from '../../src/core/json-scan-keys.ts';
import { createMicro } from '../micro/micro.ts';
import { type Effort, takeTurns } from '../micro/turns.ts';
import { formatNumber } from '../report/format.ts';
import { markdownTable } from '../report/table.ts';
import { type Body, makeBodies } from './bodies.ts';

interface ScanRow {
  readonly body: string;
  readonly bytes: number;
  /** A body in one piece, and in pieces as Envoy may send them. */
  readonly wholeUs: number;
  readonly piecesUs: number;
  /** By JSON.parse. */
  readonly parseUs: number;
  /** In pieces, by JSON.parse. */
  readonly ratio: number;
}

const KEYS: ReadonlySet<string> = new Set(['model']);
/** The largest piece that Envoy sends is near this. */
const PIECE_BYTES = 64 * 1024;
const HEAD = ['body', 'bytes', 'scan µs', 'scan µs, pieces of 64 KiB', 'JSON.parse µs', '× JSON.parse'];

/** The byte scanner against JSON.parse. */
export const benchScanning = createMicro({
  name: 'json-scan',
  measure: (effort) => makeBodies().map((body) => measure(body, effort)),
  tables: (rows) => markdownTable(HEAD, rows.map(cells), 1),
});

function measure({ name, bytes }: Body, effort: Effort): ScanRow {
  const turns = takeTurns(
    new Map([
      ['whole', () => scan(bytes, bytes.length)],
      ['pieces', () => scan(bytes, PIECE_BYTES)],
      ['parse', () => void JSON.parse(bytes.toString())],
    ]),
    effort,
  );
  return {
    body: name,
    bytes: bytes.length,
    wholeUs: turns.us('whole'),
    piecesUs: turns.us('pieces'),
    parseUs: turns.us('parse'),
    ratio: turns.ratio('pieces', 'parse'),
  };
}

function scan(bytes: Buffer, pieceBytes: number): void {
  const scanner = createJsonScanner(wantedKeys(KEYS));
  for (let at = 0; at < bytes.length; at += pieceBytes) scanner.push(bytes.subarray(at, at + pieceBytes));
  if (scanner.finish().kind !== 'complete') throw new Error('the scanner refuses the body');
}

function cells({ body, bytes, wholeUs, piecesUs, parseUs, ratio }: ScanRow): readonly string[] {
  return [body, `${bytes}`, ...[wholeUs, piecesUs, parseUs, ratio].map(formatNumber)];
}
