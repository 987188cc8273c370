import type { ByteCursor } from './byte-cursor.ts';
import { createDynamicTable } from './dynamic-table.ts';
import type { Field } from './field.ts';
import { createField } from './field.ts';
import { decodeHuffman } from './huffman.ts';
import { readInteger } from './integer.ts';
import { STATIC_TABLE } from './static-table.ts';

/** Decodes the header blocks of one connection in the order in which they arrived. */
export interface HpackDecoder {
  /**
   * Hands each field of a whole block to `onField`; the result names what is wrong with the block, which
   * makes the connection useless, since the tables of both sides no longer agree (RFC 7541 §2.2).
   */
  readonly decode: (block: Uint8Array) => string | undefined;
  /** True if the last block has left the table as it was: the same bytes mean the same fields then. */
  readonly unchanged: () => boolean;
}

/** Settings of a decoder. */
export interface HpackDecoderOptions {
  /** SETTINGS_HEADER_TABLE_SIZE as we announced it. */
  readonly maxTableBytes: number;
  readonly onField: (field: Field) => void;
}

/** A peer may lower the size and raise it again before a block (RFC 7541 §4.2), and has no use for more. */
const MAX_SIZE_UPDATES = 2;

/** Creates a decoder with empty tables (RFC 7541 §3). */
export function createHpackDecoder({ maxTableBytes, onField }: HpackDecoderOptions): HpackDecoder {
  const table = createDynamicTable(maxTableBytes);
  let changed = false;

  function fieldAt(index: number): Field | undefined {
    return index <= STATIC_TABLE.length
      ? STATIC_TABLE[index - 1]
      : table.get(index - STATIC_TABLE.length - 1);
  }

  /** Indexed field (§6.1). */
  function indexed(cursor: ByteCursor): string | undefined {
    const field = fieldAt(readInteger(cursor, 7));
    if (field === undefined) return 'an index outside of the tables';
    onField(field);
    return undefined;
  }

  /** Literal with incremental indexing (§6.2.1, six bits), without or never (§6.2.2 and §6.2.3, four bits). */
  function literal(cursor: ByteCursor, prefixBits: 4 | 6): string | undefined {
    const index = readInteger(cursor, prefixBits);
    const name = index === 0 ? readString(cursor) : fieldAt(index)?.name;
    if (name === undefined) return 'a literal without a readable name';
    const value = readString(cursor);
    if (value === undefined) return 'a literal without a readable value';
    const field = createField(name, value);
    if (prefixBits === 6) {
      changed = true;
      table.add(field);
    }
    onField(field);
    return undefined;
  }

  /** Dynamic table size update (§6.3), only before the first field of a block (§4.2). */
  function resize(cursor: ByteCursor, updates: number): string | undefined {
    const size = readInteger(cursor, 5);
    if (size < 0 || size > maxTableBytes) return `a table larger than ${maxTableBytes} bytes`;
    if (updates > MAX_SIZE_UPDATES) return 'too many changes of the table size';
    changed = true;
    table.resize(size);
    return undefined;
  }

  /** One representation of a field (§6.1, §6.2). */
  function field(cursor: ByteCursor, firstByte: number): string | undefined {
    if (firstByte >= 0x80) return indexed(cursor);
    return literal(cursor, firstByte >= 0x40 ? 6 : 4);
  }

  /** The size updates that a block may begin with (§4.2). */
  function sizeUpdates(cursor: ByteCursor): string | undefined {
    for (let updates = 1; isSizeUpdate(cursor.bytes[cursor.at]); updates += 1) {
      const problem = resize(cursor, updates);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  return {
    decode: (block) => {
      const cursor: ByteCursor = { bytes: block, at: 0 };
      changed = false;
      let problem = sizeUpdates(cursor);
      while (problem === undefined && cursor.at < block.length) {
        const byte = block[cursor.at] ?? 0;
        problem = isSizeUpdate(byte) ? 'a change of the table size after a field' : field(cursor, byte);
      }
      return problem;
    },
    unchanged: () => !changed,
  };
}

function isSizeUpdate(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xe0) === 0x20;
}

/** A string (§5.2) as Latin-1; undefined if it is longer than the block or no Huffman code. */
function readString(cursor: ByteCursor): string | undefined {
  const { bytes } = cursor;
  const huffman = ((bytes[cursor.at] ?? 0) & 0x80) !== 0;
  const length = readInteger(cursor, 7);
  const start = cursor.at;
  const end = start + length;
  if (length < 0 || end > bytes.length) return undefined;
  cursor.at = end;
  if (huffman) return decodeHuffman(bytes, start, end);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('latin1');
}
