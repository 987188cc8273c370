import { CODE_LENGTHS, END_OF_STRING } from './huffman-code.ts';

/** A node of the code's tree: its two children, or the symbol of a leaf. */
interface Node {
  readonly children: [Node | undefined, Node | undefined];
  symbol: number | undefined;
  /** Index among the inner nodes, which are the states of the decoder. */
  state: number;
  /** Bits since the last symbol are the start of END_OF_STRING and fewer than eight. */
  padding: boolean;
}

const NIBBLE_STATES = 16;
const EMITS = 0x1_0000;
const FAULT = 0x2_0000;

/** One row of 16 steps per state: next state in the low byte, a symbol above it, and the two flags. */
interface DecoderTable {
  readonly steps: Uint32Array;
  /** By state: whether a string may end here. */
  readonly accepts: Uint8Array;
}

/** The shortest code has five bits, so half a byte never completes two symbols. */
const TABLE = buildTable();

/**
 * Decodes a Huffman-coded string (RFC 7541 §5.2) as Latin-1, half a byte a step; undefined if it holds
 * END_OF_STRING or ends in anything but up to seven one-bits.
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string | undefined {
  const { steps, accepts } = TABLE;
  // The shortest code has five bits.
  const decoded = Buffer.allocUnsafe(Math.ceil(((end - start) * 8) / 5));
  let length = 0;
  let state = 0;
  for (let half = 2 * start; half < 2 * end; half += 1) {
    const byte = bytes[half >> 1] ?? 0;
    const nibble = (half & 1) === 0 ? byte >> 4 : byte & 0x0f;
    const step = steps[state * NIBBLE_STATES + nibble] ?? FAULT;
    if ((step & FAULT) !== 0) return undefined;
    if ((step & EMITS) !== 0) decoded[length++] = (step >> 8) & 0xff;
    state = step & 0xff;
  }
  return accepts[state] === 1 ? decoded.toString('latin1', 0, length) : undefined;
}

function buildTable(): DecoderTable {
  const root = createNode(true);
  const inner: Node[] = [root];
  for (const [symbol, code] of canonicalCodes()) insert(root, inner, symbol, code);
  const steps = new Uint32Array(inner.length * NIBBLE_STATES);
  for (const node of inner) {
    for (let nibble = 0; nibble < NIBBLE_STATES; nibble += 1) {
      steps[node.state * NIBBLE_STATES + nibble] = walk(root, node, nibble);
    }
  }
  return { steps, accepts: Uint8Array.from(inner, ({ padding }) => (padding ? 1 : 0)) };
}

function createNode(padding: boolean): Node {
  return { children: [undefined, undefined], symbol: undefined, state: 0, padding };
}

/** Each symbol with its code as bits, the most significant first. */
function canonicalCodes(): readonly (readonly [number, readonly number[]])[] {
  const lengthOf = (symbol: number) => CODE_LENGTHS[symbol] ?? 0;
  const symbols = CODE_LENGTHS.map((_, symbol) => symbol).sort((a, b) => lengthOf(a) - lengthOf(b) || a - b);
  let code = 0;
  let previousLength = 0;
  return symbols.map((symbol) => {
    const length = lengthOf(symbol);
    code *= 2 ** (length - previousLength);
    previousLength = length;
    const bits = [...code.toString(2).padStart(length, '0')].map(Number);
    code += 1;
    return [symbol, bits] as const;
  });
}

function insert(root: Node, inner: Node[], symbol: number, bits: readonly number[]): void {
  let node = root;
  for (const [depth, bit] of bits.entries()) {
    const side = bit === 0 ? 0 : 1;
    let child = node.children[side];
    if (child === undefined) {
      child = createNode(node.padding && bit === 1 && depth < 7);
      node.children[side] = child;
      if (depth + 1 < bits.length) {
        child.state = inner.length;
        inner.push(child);
      }
    }
    node = child;
  }
  node.symbol = symbol;
}

function walk(root: Node, from: Node, nibble: number): number {
  let node = from;
  let emitted = 0;
  for (let shift = 3; shift >= 0; shift -= 1) {
    const child = node.children[((nibble >> shift) & 1) === 0 ? 0 : 1];
    if (child === undefined || child.symbol === END_OF_STRING) return FAULT;
    if (child.symbol !== undefined) emitted = EMITS | (child.symbol << 8);
    node = child.symbol === undefined ? child : root;
  }
  return emitted | node.state;
}
