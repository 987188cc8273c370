import { asBuffer } from './as-buffer.ts';
import { feed } from './json-scan-feed.ts';
import type { WantedKeys } from './json-scan-keys.ts';
import { MARK } from './json-scan-keys.ts';
import type { ScanMark } from './json-scan-machine.ts';
import { createScanMachine, fail } from './json-scan-machine.ts';

/** The kind of a JSON value. */
export type JsonValueKind = 'string' | 'number' | 'object' | 'array' | 'true' | 'false' | 'null';

/** A wanted key's value: byte offsets `[start, end)` over all chunks, quotes included for strings. */
export interface FoundField {
  /** The key as wanted, such as `parent.key` or `parent[].key`. */
  readonly key: string;
  readonly valueKind: JsonValueKind;
  readonly start: number;
  readonly end: number;
}

/** How far the text is read: inside a value, past it (only white space since), or broken at a byte. */
export type ScanState =
  | { readonly kind: 'open' }
  | { readonly kind: 'complete' }
  | { readonly kind: 'malformed'; readonly offset: number; readonly problem: string };

/** An incremental reader of one JSON text; chunks may be cut anywhere and are not kept. */
export interface JsonScanner {
  readonly push: (chunk: Uint8Array) => ScanState;
  /** Tells the scanner that no chunk follows. */
  readonly finish: () => ScanState;
  /** Where the wanted value that is being read begins; undefined between such values. */
  readonly openFrom: () => number | undefined;
  /** Where the first value of a marked key stands, as far as it is read. */
  readonly mark: () => ScanMark | undefined;
  /** Hands over what `fields` has, which is empty then: a text that is only read on its way keeps nothing. */
  readonly take: () => readonly FoundField[];
  /** Every occurrence of a wanted key, in order: JSON lets a key repeat. */
  readonly fields: readonly FoundField[];
}

/**
 * Creates a scanner of one JSON text (RFC 8259) that finds the values of wanted keys: top-level keys,
 * and keys one object or array of objects below, however they are escaped. The grammar is checked but for
 * what stands inside strings (control characters, escapes, UTF-8), which is left to the model server.
 */
export function createJsonScanner(wanted: WantedKeys): JsonScanner {
  const machine = createScanMachine(wanted);
  return {
    fields: machine.fields,
    openFrom: () => machine.open.find(({ key }) => key !== MARK)?.start,
    mark: () => machine.mark,
    take: () => (machine.fields.length === 0 ? NO_FIELDS : machine.fields.splice(0)),
    push: (chunk) => {
      if (machine.state.kind !== 'malformed') feed(machine, asBuffer(chunk));
      return machine.state;
    },
    finish: () => {
      const length = machine.base;
      // A number at the top level is the one value that only the end of the text closes.
      if (machine.state.kind === 'open') feed(machine, asBuffer(SPACE));
      if (machine.state.kind === 'open') fail(machine, length, 'the text ends inside a value');
      return machine.state;
    },
  };
}

const NO_FIELDS: readonly FoundField[] = [];
const SPACE = Uint8Array.of(0x20);
