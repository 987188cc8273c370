import type { HpackDecoder } from './hpack/decoder.ts';
import { createHpackDecoder } from './hpack/decoder.ts';
import { LIMITS } from './limits.ts';
import type { HeadBuilder } from './request-head.ts';
import { addField, createHeadBuilder } from './request-head.ts';

/** Decodes the blocks of a connection; one for each, since its tables live as long as the connection. */
export interface BlockReader {
  readonly decoder: HpackDecoder;
  builder: HeadBuilder;
}

/** Creates the reader of a new connection. */
export function createBlockReader(): BlockReader {
  const reader: BlockReader = {
    decoder: createHpackDecoder({
      maxTableBytes: LIMITS.headerTableBytes,
      onField: (field) => addField(reader.builder, field, LIMITS.headerListBytes),
    }),
    builder: createHeadBuilder(),
  };
  return reader;
}
