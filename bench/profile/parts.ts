/** A function of a profile, or what the profiler calls work that is none. */
export interface Frame {
  readonly functionName: string;
  /** A file's URL, the name of a module of Node, or nothing for what is not JavaScript. */
  readonly url: string;
}

/** Where the time of a request goes; in the order of the tables. */
export const PARTS = [
  'HTTP/2 and gRPC',
  'ext_proc messages',
  'phases of a request',
  'reading bodies',
  'deciding and picking',
  'records, metrics, log',
  'scraping',
  'the rest of Serin',
  'libraries',
  'Node',
  'writing replies',
  'system, native code',
  'garbage collection',
] as const;

/** One of them. */
export type Part = (typeof PARTS)[number];

/** Which part a file belongs to; the first that fits. */
const FILES: readonly (readonly [RegExp, Part])[] = [
  [/^src\/server\/(http2|grpc|grpc-js)/, 'HTTP/2 and gRPC'],
  [/^src\/extproc\/(protobuf|decode|encode|wire|write-|read-struct|decision-metadata)/, 'ext_proc messages'],
  [/^src\/state\/|^src\/telemetry\/|^src\/accesslog\//, 'records, metrics, log'],
  [/^src\/server\/(request-observer|response-notes|stream-record|watcher)/, 'records, metrics, log'],
  [/^src\/(extproc|server)\//, 'phases of a request'],
  [/^src\/core\/(json-scan|keep-piece|excerpt)/, 'reading bodies'],
  [/^src\/core\//, 'deciding and picking'],
  [/^src\/sources\/scrape\/|^node_modules\/undici\//, 'scraping'],
  [/^node_modules\//, 'libraries'],
  [/^src\//, 'the rest of Serin'],
];

/** What the profiler calls work that is no function. */
const NO_FUNCTIONS: ReadonlyMap<string, Part | undefined> = new Map([
  ['(idle)', undefined],
  ['(program)', 'system, native code'],
  ['(garbage collector)', 'garbage collection'],
  ['(root)', 'system, native code'],
]);

/** Native functions that write to a socket, by the names by which Node calls them. */
const WRITES = /^(writev|write(Buffer|Utf8String|Latin1String|AsciiString|UcsString))$/;

/** What profiling itself does before and behind the load. */
const PROFILER = 'node:inspector';

/**
 * The part that the time of a function counts for, by what is on the stack from the function outwards: Node's own
 * functions and native ones count for whoever called them. `undefined` is a process that waits, or
 * that is busy with the profiler.
 */
export function partOf(stack: readonly Frame[]): Part | undefined {
  const [{ functionName, url } = { functionName: '(root)', url: '' }] = stack;
  if (NO_FUNCTIONS.has(functionName)) return NO_FUNCTIONS.get(functionName);
  const caller = stack.map((frame) => partOfFile(fileOf(frame.url))).find((part) => part !== undefined);
  const isWrite = url === '' && WRITES.test(functionName);
  if (isWrite && caller === 'HTTP/2 and gRPC') return 'writing replies';
  return stack.some((frame) => frame.url === PROFILER) ? undefined : (caller ?? 'Node');
}

/** A file's path inside its checkout; the names of Node's modules as they are. */
export function fileOf(url: string): string {
  const start = Math.max(url.lastIndexOf('/node_modules/'), url.lastIndexOf('/src/'));
  return start < 0 ? url : url.slice(start + 1);
}

function partOfFile(file: string): Part | undefined {
  return FILES.find(([pattern]) => pattern.test(file))?.[1];
}
