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

/** How far a family moves from page to page, as the numbers before it grow. */
const DRIFT_BYTES = 1024;

/**
 * The same for a family that stood at `hint` in the last page of its server, without a search of the whole
 * page: the format keeps the series of a family together, behind its `# TYPE`. Returns -1 if it has moved away.
 */
export function readSeriesNear(
  page: Buffer,
  { family, hint }: { readonly family: string; readonly hint: number },
  onSeries: OnSeries,
): number {
  const start = Math.max(0, hint - DRIFT_BYTES);
  // Elsewhere than at the start of a line the words are those of a label or of a help.
  const type = page.subarray(start, hint + DRIFT_BYTES).indexOf(`\n# TYPE ${family} `);
  if (type < 0) return -1;
  const first = nextLine(page, start + type + 1);
  let at = first;
  while (startsWith(page, at, family) && readOne(page, at + family.length, onSeries)) at = nextLine(page, at);
  return at === first ? -1 : first;
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

/** False if the name goes on, so that it is another family's. */
function readOne(page: Buffer, nameEnd: number, onSeries: OnSeries): boolean {
  const start = afterBlanks(page, nameEnd);
  const hasLabels = page[start] === OPEN;
  // Any other byte makes it a longer name.
  if (start === nameEnd && !hasLabels) return false;
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
