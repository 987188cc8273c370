import type { ProtoWriter } from './protobuf/writer.ts';
import {
  createProtoWriter,
  prependDouble,
  prependFields,
  prependLength,
  prependString,
  takeMessage,
} from './protobuf/writer.ts';
import type { WireStruct, WireValue } from './wire.ts';

/** Prepends a `google.protobuf.Struct` as a field. */
export type StructWriter = (writer: ProtoWriter, field: number, struct: WireStruct) => void;

/** Creates what writes structs; it keeps the bytes of shared fields for as long as these are referred to. */
export function createStructWriter(): StructWriter {
  const written = new WeakMap<WireStruct, Uint8Array>();

  function bytesOf(shared: WireStruct): Uint8Array {
    const known = written.get(shared);
    if (known !== undefined) return known;
    const own = createProtoWriter();
    prependEntries(own, shared);
    const bytes = Buffer.concat(takeMessage(own));
    written.set(shared, bytes);
    return bytes;
  }

  /** A map entry for each field; what is shared comes first. */
  function prependEntries(writer: ProtoWriter, { shared, fields = {} }: WireStruct): void {
    for (const name of Object.keys(fields).reverse()) {
      const value = fields[name];
      if (value === undefined) continue;
      const entry = writer.length;
      prependValue(writer, value);
      prependString(writer, 1, name);
      prependLength(writer, 1, entry);
    }
    if (shared !== undefined) prependFields(writer, bytesOf(shared));
  }

  /** The kinds of `google.protobuf.Value` that Serin sends. */
  function prependValue(writer: ProtoWriter, value: WireValue): void {
    const before = writer.length;
    if (value.stringValue !== undefined) prependString(writer, 3, value.stringValue);
    else if (value.numberValue !== undefined) prependDouble(writer, 2, value.numberValue);
    else if (value.structValue !== undefined) prependStruct(writer, 5, value.structValue);
    prependLength(writer, 2, before);
  }

  function prependStruct(writer: ProtoWriter, field: number, struct: WireStruct): void {
    const before = writer.length;
    prependEntries(writer, struct);
    prependLength(writer, field, before);
  }

  return prependStruct;
}
