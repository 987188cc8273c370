import type { JsonValueKind } from './json-scan.ts';
import type { WantedKey, WantedKeys } from './json-scan-keys.ts';
import { MARK, matchKey } from './json-scan-keys.ts';
import type { ScanMachine } from './json-scan-machine.ts';
import { AFTER_ITEM, fail } from './json-scan-machine.ts';
import type { ByteRange } from './mutation.ts';

/** A wanted field whose value is being read. */
export interface OpenField {
  readonly key: string;
  readonly valueKind: JsonValueKind;
  readonly start: number;
  readonly depth: number;
}

/** JSON lets a key repeat; a body of nothing but repeats would take many times its size. */
const MAX_FIELDS = 1024;

/** The keys that count in the object that is being read. */
function keysHere(machine: ScanMachine): WantedKeys | undefined {
  switch (machine.depth) {
    case 1:
      return machine.keys;
    case 2:
      return machine.inner;
    case 3:
      return machine.after[2] === AFTER_ITEM ? machine.items : undefined;
    default:
      return undefined;
  }
}

/** Keeps the part of a key with which a chunk ends, unless the key is too long to be a wanted one. */
export function keepKey(machine: ScanMachine, part: Uint8Array): void {
  const keys = keysHere(machine);
  if (keys === undefined) return;
  machine.keyBytes += part.length;
  if (machine.keyBytes <= keys.maxBytes) machine.keyParts.push(part);
  else machine.keyParts = [];
}

/** Takes note of a key that ends with the bytes of `span`, quotes left out. */
export function endKey(machine: ScanMachine, chunk: Uint8Array, span: ByteRange): void {
  const keys = keysHere(machine);
  if (keys === undefined) return;
  const key =
    machine.keyBytes === 0
      ? matchKey(keys, chunk, span)
      : matchParts(machine, keys, chunk.subarray(span.start, span.end));
  machine.wanted = key?.field === MARK && machine.mark !== undefined ? undefined : key?.field;
  if (machine.depth > 1) return;
  machine.inner = key?.inner;
  machine.items = key?.items;
}

function matchParts(machine: ScanMachine, keys: WantedKeys, last: Uint8Array): WantedKey | undefined {
  keepKey(machine, last);
  const tooLong = machine.keyBytes > keys.maxBytes;
  const whole = Buffer.concat(machine.keyParts);
  machine.keyParts = [];
  machine.keyBytes = 0;
  return tooLong ? undefined : matchKey(keys, whole, { start: 0, end: whole.length });
}

/** Takes note of where a value begins, if its key is wanted. Called for every value. */
export function beginField(machine: ScanMachine, valueKind: JsonValueKind, start: number): void {
  if (machine.wanted === undefined) return;
  machine.open.push({ key: machine.wanted, valueKind, start, depth: machine.depth });
  if (machine.wanted === MARK) machine.mark = { start, end: undefined };
  machine.watchedDepth = machine.depth;
  machine.wanted = undefined;
}

/** Reports the innermost open field, whose value has ended. */
export function endField(machine: ScanMachine, end: number): void {
  const field = machine.open.pop();
  machine.watchedDepth = machine.open.at(-1)?.depth ?? 0;
  if (field === undefined) return;
  const { key, valueKind, start } = field;
  if (key === MARK) machine.mark = { start, end };
  else if (machine.fields.length === MAX_FIELDS)
    fail(machine, start, `more than ${MAX_FIELDS} values of \`${key}\``);
  else machine.fields.push({ key, valueKind, start, end });
}
