/** How far an answer has come; the last two leave its connection of no use. */
export type Progress = 'more' | 'over' | 'broken' | 'too_large';

/** Takes a piece of a body, which is overwritten when it returns. */
export type OnBody = (piece: Buffer, status: number) => void;

/** What the head of an answer says of its body and of its connection. */
interface Head {
  version: '0' | '1';
  status: number;
  length: string | undefined;
  isChunked: boolean;
  /** All that `connection` says, in lower case. */
  connection: string;
}

/** One answer while it arrives. */
export interface ResponseReading {
  progress: Progress;
  head: Head;
  readonly onBody: OnBody;
  place: Place;
  /** What has come of the line that is not over. */
  line: string;
  /** Of the head, or of the lines since the last chunk. */
  lineBytes: number;
  /** Of the body, or of the chunk. */
  awaited: number;
  bodyBytes: number;
}

/** What comes next: a line of some kind, or bytes of the body. */
type Place = 'status' | 'header' | 'sized' | 'unsized' | 'chunk size' | 'chunk' | 'chunk end' | 'trailer';

/** A page above this is not a metrics page. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_LINE_BYTES = 16 * 1024;
const LINE_FEED = 0x0a;
const CHUNK_SIZE = /^([\da-f]{1,8})[ \t]*(?:;.*)?$/i;
const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: .*)?$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Begins with the answer to a GET. */
export function startResponse(onBody: OnBody): ResponseReading {
  return {
    ...{ progress: 'more', head: createHead(), onBody, place: 'status' },
    ...{ line: '', lineBytes: 0, awaited: 0, bodyBytes: 0 },
  };
}

/**
 * Reads on in an answer of HTTP/1.1, without a copy of its body, and returns where it ends. It is strict: what
 * is not understood is `broken`.
 */
export function readResponse(reading: ResponseReading, bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length && reading.progress === 'more')
    at = isInBody(reading) ? takeBody(reading, bytes, at) : takeLine(reading, bytes, at);
  return at;
}

/** Notes that the server has ended the connection. */
export function endResponse(reading: ResponseReading): void {
  if (reading.progress === 'more') reading.progress = reading.place === 'unsized' ? 'over' : 'broken';
}

/** Whether the connection may be asked again. */
export function leavesConnection({ progress, place, head }: ResponseReading): boolean {
  return progress === 'over' && place !== 'unsized' && isKept(head);
}

function isInBody({ place }: ResponseReading): boolean {
  return place === 'sized' || place === 'unsized' || place === 'chunk';
}

function takeBody(reading: ResponseReading, bytes: Buffer, at: number): number {
  const end = Math.min(bytes.length, at + reading.awaited);
  reading.onBody(bytes.subarray(at, end), reading.head.status);
  if (reading.place === 'unsized') {
    expectBody(reading, end - at);
    return end;
  }
  reading.awaited -= end - at;
  if (reading.awaited > 0) return end;
  if (reading.place === 'sized') reading.progress = 'over';
  else reading.place = 'chunk end';
  return end;
}

/** Counts bytes of the body, those that are announced before they arrive. */
function expectBody(reading: ResponseReading, count: number): void {
  reading.bodyBytes += count;
  if (reading.bodyBytes > MAX_BODY_BYTES) reading.progress = 'too_large';
}

function takeLine(reading: ResponseReading, bytes: Buffer, at: number): number {
  const feed = bytes.indexOf(LINE_FEED, at);
  const end = feed < 0 ? bytes.length : feed + 1;
  reading.lineBytes += end - at;
  if (reading.lineBytes > MAX_LINE_BYTES) reading.progress = 'broken';
  else reading.line += bytes.toString('latin1', at, end);
  if (feed >= 0 && reading.progress === 'more') endLine(reading);
  return end;
}

function endLine(reading: ResponseReading): void {
  const text = reading.line.slice(0, -2);
  const isWhole = reading.line.endsWith('\r\n') && !text.includes('\r');
  reading.line = '';
  if (!isWhole || !readLine(reading, text)) reading.progress = 'broken';
}

/** False if the line makes no sense. */
function readLine(reading: ResponseReading, text: string): boolean {
  switch (reading.place) {
    case 'status':
      reading.place = 'header';
      return readStatus(reading.head, text);
    case 'header':
      return text === '' ? endHead(reading) : readHeader(reading.head, text);
    case 'chunk size':
      return readChunkSize(reading, text);
    case 'chunk end':
      reading.place = 'chunk size';
      return text === '';
    case 'trailer':
      if (text === '') reading.progress = 'over';
      return text === '' || nameEndOf(text) > 0;
    case 'sized':
    case 'unsized':
    case 'chunk':
      return false;
  }
}

function endHead(reading: ResponseReading): boolean {
  const { head } = reading;
  if (head.status < 200) return expectAnother(reading);
  // Nothing but its chunks may tell where such a body ends, and HTTP/1.0 has none.
  if (head.isChunked && (head.length !== undefined || head.version === '0')) return false;
  if (head.status === 204 || head.status === 304) awaitSized(reading, 0);
  else if (head.isChunked) reading.place = 'chunk size';
  else if (head.length !== undefined) awaitSized(reading, Number(head.length));
  else awaitEnd(reading);
  return true;
}

function awaitSized(reading: ResponseReading, length: number): void {
  reading.place = 'sized';
  reading.awaited = length;
  expectBody(reading, length);
  if (length === 0) reading.progress = 'over';
}

function awaitEnd(reading: ResponseReading): void {
  reading.place = 'unsized';
  reading.awaited = Number.POSITIVE_INFINITY;
}

/** After an answer of 1xx another one follows, but for 101, which nobody has asked for. */
function expectAnother(reading: ResponseReading): boolean {
  const { status } = reading.head;
  reading.head = createHead();
  reading.place = 'status';
  return status >= 100 && status !== 101;
}

function readChunkSize(reading: ResponseReading, text: string): boolean {
  const [, digits] = CHUNK_SIZE.exec(text) ?? [];
  if (digits === undefined) return false;
  reading.awaited = Number.parseInt(digits, 16);
  reading.place = reading.awaited === 0 ? 'trailer' : 'chunk';
  reading.lineBytes = 0;
  expectBody(reading, reading.awaited);
  return true;
}

function createHead(): Head {
  return { version: '1', status: 0, length: undefined, isChunked: false, connection: '' };
}

/** False if it is no first line of HTTP/1. */
function readStatus(head: Head, text: string): boolean {
  const [, version, status] = STATUS_LINE.exec(text) ?? [];
  head.version = version === '0' ? '0' : '1';
  head.status = Number(status ?? 0);
  return status !== undefined;
}

/** False if the line is no header, or one that leaves the end of the body in doubt. */
function readHeader(head: Head, text: string): boolean {
  const nameEnd = nameEndOf(text);
  if (nameEnd < 0) return false;
  const value = text.slice(nameEnd + 1).trim();
  switch (text.slice(0, nameEnd).toLowerCase()) {
    case 'content-length': {
      const isKnown = head.length !== undefined && head.length !== value;
      head.length = value;
      return !isKnown && /^\d{1,15}$/.test(value);
    }
    case 'transfer-encoding': {
      const isKnown = head.isChunked;
      head.isChunked = true;
      return !isKnown && value.toLowerCase() === 'chunked';
    }
    case 'connection':
      head.connection += `,${value.toLowerCase()}`;
      return true;
    default:
      return true;
  }
}

/** Where the colon behind a header's name is; -1 if the line is no header. */
function nameEndOf(text: string): number {
  const colon = text.indexOf(':');
  return colon > 0 && HEADER_NAME.test(text.slice(0, colon)) ? colon : -1;
}

/** Whether the server keeps the connection once the body is over. */
function isKept({ version, connection }: Head): boolean {
  const options = connection.split(',').map((option) => option.trim());
  return !options.includes('close') && (version === '1' || options.includes('keep-alive'));
}
