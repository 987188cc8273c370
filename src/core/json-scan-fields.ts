import type { JsonValueKind } from './json-scan.ts';
import type { ScanMachine } from './json-scan-machine.ts';
import { decodeJsonString } from './mutation.ts';

/** A wanted key whose value is being read. */
export interface OpenField {
  readonly key: string;
  readonly valueKind: JsonValueKind | undefined;
  readonly start: number;
}

/** An escape takes at most six bytes a character, so longer keys than this are none of the wanted ones. */
const MAX_KEY_BYTES = 1024;

/** Keeps bytes of a key that may be wanted: a top-level one, or one in a wanted parent. */
export function keepKey(machine: ScanMachine, chunk: Uint8Array, start: number, end: number): void {
  const counts = machine.depth === 1 || (machine.depth === 2 && machine.parent !== undefined);
  if (counts) machine.keyParts.push(chunk.subarray(start, end));
}

/** Compares a complete key with the wanted ones; its bytes lack the opening quote. */
export function endKey(machine: ScanMachine): void {
  const name = keyText(machine.keyParts);
  if (machine.depth === 1)
    machine.parent = name !== undefined && machine.parents.has(name) ? name : undefined;
  const key = machine.depth === 2 && machine.parent !== undefined ? `${machine.parent}.${name}` : name;
  if (key === undefined || !machine.keys.has(key)) return;
  machine.open[machine.depth] = { key, valueKind: undefined, start: 0 };
}

function keyText(parts: readonly Uint8Array[]): string | undefined {
  const length = parts.reduce((total, part) => total + part.length, 0);
  if (length === 0 || length > MAX_KEY_BYTES) return undefined;
  return decodeJsonString(Buffer.concat([QUOTE, ...parts]));
}

const QUOTE = Uint8Array.of(0x22);

/** Notes where the value of a wanted key begins. Called for every value, so deeper ones leave at once. */
export function beginField(machine: ScanMachine, valueKind: JsonValueKind, start: number): void {
  if (machine.depth > 2) return;
  const field = machine.open[machine.depth];
  if (field !== undefined) machine.open[machine.depth] = { key: field.key, valueKind, start };
}

/** Reports the value of a wanted key, now that it has ended. */
export function endField(machine: ScanMachine, end: number): void {
  if (machine.depth > 2) return;
  const field = machine.open[machine.depth];
  if (field?.valueKind === undefined) return;
  machine.open[machine.depth] = undefined;
  machine.fields.push({ key: field.key, valueKind: field.valueKind, start: field.start, end });
}
