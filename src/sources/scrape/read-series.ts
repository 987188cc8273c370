import { parseLabels } from './parse-labels.ts';

const TAB = 0x09;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN = 0x7b;
const BACKSLASH = 0x5c;
const CLOSE = 0x7d;

/** Parses the labels of a series: costly, and wanted of few. */
export type ReadLabels = () => ReadonlyMap<string, string>;

/** Called with each series of a family. */
export type OnSeries = (value: number, labels: ReadLabels) => void;

/**
 * Finds the series of one family in a page of the Prometheus text format; values are finite. Returns where the
 * first one stands, or -1.
 */
export function readSeries(page: Buffer, family: string, onSeries: OnSeries): number {
  let first = -1;
  for (let at = page.indexOf(family); at >= 0; at = page.indexOf(family, at + family.length)) {
    // Elsewhere than at the start of a line the name belongs to a comment or to a label's value.
    if (!beginsLine(page, at) || !readOne(page, at + family.length, onSeries)) continue;
    if (first < 0) first = at;
  }
  return first;
}

/** Where the first series of a family stands in whole lines, from `from` on; -1 if there is none. */
export function findSeries(lines: Buffer, family: string, from: number): number {
  for (let at = lines.indexOf(family, from); at >= 0; at = lines.indexOf(family, at + family.length)) {
    if (beginsLine(lines, at) && endsName(lines, at + family.length)) return at;
  }
  return -1;
}

/** Reads series of a family, of which one stands at `from`, line by line; returns where another line begins. */
export function readGroup(
  lines: Buffer,
  { family, from }: { readonly family: string; readonly from: number },
  onSeries: OnSeries,
): number {
  let at = from;
  while (startsWith(lines, at, family) && readOne(lines, at + family.length, onSeries))
    at = nextLine(lines, at);
  return at;
}

function nextLine(page: Buffer, from: number): number {
  const end = page.indexOf(NEWLINE, from);
  return end < 0 ? page.length : end + 1;
}

function startsWith(page: Buffer, start: number, text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (page[start + at] !== text.charCodeAt(at)) return false;
  return true;
}

function beginsLine(page: Buffer, at: number): boolean {
  return at === 0 || page[at - 1] === NEWLINE;
}

/** Any other byte makes it a longer name, of another family. */
function endsName(page: Buffer, nameEnd: number): boolean {
  const byte = page[nameEnd];
  return byte === OPEN || byte === SPACE || byte === TAB;
}

/** False if the line is of another family. */
function readOne(page: Buffer, nameEnd: number, onSeries: OnSeries): boolean {
  if (!endsName(page, nameEnd)) return false;
  const start = afterBlanks(page, nameEnd);
  const hasLabels = page[start] === OPEN;
  const labelsEnd = hasLabels ? endOfLabels(page, start) : start;
  const value = numberAt(page, labelsEnd);
  if (Number.isFinite(value)) onSeries(value, () => parseLabels(page.toString('utf8', nameEnd, labelsEnd)));
  return true;
}

/** The position after the closing brace; braces and escaped quotes inside values do not count. */
function endOfLabels(page: Buffer, start: number): number {
  let quoted = false;
  for (let at = start; at < page.length; at += 1) {
    const byte = page[at];
    if (byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) quoted = !quoted;
    else if (byte === NEWLINE) return at;
    else if (byte === CLOSE && !quoted) return at + 1;
  }
  return page.length;
}

/** The first word after the labels, as a number; a time stamp or an exemplar may follow it. */
function numberAt(page: Buffer, labelsEnd: number): number {
  const start = afterBlanks(page, labelsEnd);
  let end = start;
  while (end < page.length && (page[end] ?? 0) > SPACE) end += 1;
  return end === start ? Number.NaN : Number(page.toString('latin1', start, end));
}

function afterBlanks(page: Buffer, start: number): number {
  let at = start;
  while (page[at] === SPACE || page[at] === TAB) at += 1;
  return at;
}
