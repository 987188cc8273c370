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

/** Finds the series of one family in a page of the Prometheus text format; values are finite. */
export function readSeries(page: Buffer, family: string, onSeries: OnSeries): void {
  for (let at = page.indexOf(family); at >= 0; at = page.indexOf(family, at + family.length)) {
    // Elsewhere than at the start of a line the name belongs to a comment or to a label's value.
    if (at === 0 || page[at - 1] === NEWLINE) readOne(page, at + family.length, onSeries);
  }
}

function readOne(page: Buffer, nameEnd: number, onSeries: OnSeries): void {
  const start = afterBlanks(page, nameEnd);
  const hasLabels = page[start] === OPEN;
  // Any other byte makes it a longer name.
  if (start === nameEnd && !hasLabels) return;
  const labelsEnd = hasLabels ? endOfLabels(page, start) : start;
  const value = numberAt(page, labelsEnd);
  if (Number.isFinite(value)) onSeries(value, () => parseLabels(page.toString('utf8', nameEnd, labelsEnd)));
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
