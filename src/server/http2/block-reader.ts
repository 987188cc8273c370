import type { HpackDecoder } from './hpack/decoder.ts';
import { createHpackDecoder } from './hpack/decoder.ts';
import { LIMITS } from './limits.ts';
import type { HeadBuilder, RequestHead } from './request-head.ts';
import { addField, createHeadBuilder, finishHead } from './request-head.ts';

/** Decodes the blocks of a connection; one for each, since its tables live as long as the connection. */
export interface BlockReader {
  readonly decoder: HpackDecoder;
  /** The fields of the last block. */
  builder: HeadBuilder;
  /** What they are as a request's head; made when it is asked for. */
  head: RequestHead | string | undefined;
  /** The last block if it has left the tables alone, else nothing. */
  known: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** Longer blocks are no proxy's for its gRPC calls; a connection keeps no more than this for them. */
const KNOWN_BYTES = 512;

/** Creates the reader of a new connection. */
export function createBlockReader(): BlockReader {
  const reader: BlockReader = {
    decoder: createHpackDecoder({
      maxTableBytes: LIMITS.headerTableBytes,
      onField: (field) => addField(reader.builder, field, LIMITS.headerListBytes),
    }),
    builder: createHeadBuilder(),
    head: undefined,
    known: NO_BYTES,
  };
  return reader;
}

/**
 * Reads a whole block into `builder`; the result names what makes the connection useless. A proxy writes the same
 * block for each of its calls once the tables hold the fields, so one that repeats the last is not decoded again:
 * that spares 60 comparisons of names, two expressions over the path and its Huffman code.
 */
export function readBlock(reader: BlockReader, block: Uint8Array): string | undefined {
  if (repeats(block, reader.known)) return undefined;
  reader.builder = createHeadBuilder();
  reader.head = undefined;
  const problem = reader.decoder.decode(block);
  const keeps = problem === undefined && block.length <= KNOWN_BYTES && reader.decoder.unchanged();
  reader.known = keeps ? Uint8Array.from(block) : NO_BYTES;
  return problem;
}

/** The head that the last block has become, or what is wrong with it. */
export function headOf(reader: BlockReader): RequestHead | string {
  reader.head ??= finishHead(reader.builder);
  return reader.head;
}

/** For so few bytes a loop costs less than a call of `Buffer.compare`. */
function repeats(block: Uint8Array, known: Uint8Array): boolean {
  if (block.length !== known.length || block.length === 0) return false;
  for (let at = 0; at < block.length; at += 1) if (block[at] !== known[at]) return false;
  return true;
}
