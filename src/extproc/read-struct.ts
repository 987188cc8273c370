import type { ProtoReader } from './protobuf/reader.ts';
import {
  delimitedTag,
  expectEnd,
  fail,
  fixed64Tag,
  readDouble,
  readEnd,
  readString,
  readVarint,
  skipField,
  varintTag,
} from './protobuf/reader.ts';
import type { WireStruct, WireValue } from './wire.ts';

/** Deeper values are no metadata that a proxy sends; protobuf's own parsers stop here too. */
const MAX_DEPTH = 100;

/** Reads a `map<string, google.protobuf.Struct>` entry into `into`. */
export function readStructEntry(reader: ProtoReader, into: { [key: string]: WireStruct }): void {
  const end = readEnd(reader);
  let key = '';
  let struct: WireStruct = {};
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === delimitedTag(1)) key = readString(reader);
    else if (tag === delimitedTag(2)) struct = readStruct(reader, 0);
    else skipField(reader, tag);
  }
  expectEnd(reader, end);
  define(into, key, struct);
}

/** Reads a `google.protobuf.Struct`: a map of values in field 1. */
function readStruct(reader: ProtoReader, depth: number): WireStruct {
  const end = readEnd(reader);
  const fields: { [name: string]: WireValue } = {};
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === delimitedTag(1)) readValueEntry(reader, depth, fields);
    else skipField(reader, tag);
  }
  expectEnd(reader, end);
  return { fields };
}

function readValueEntry(reader: ProtoReader, depth: number, into: { [name: string]: WireValue }): void {
  const end = readEnd(reader);
  let name = '';
  let value: WireValue = {};
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === delimitedTag(1)) name = readString(reader);
    else if (tag === delimitedTag(2)) value = readValue(reader, depth + 1);
    else skipField(reader, tag);
  }
  expectEnd(reader, end);
  define(into, name, value);
}

/** A peer chooses the names: one called `__proto__` is a name as any other. */
function define<T>(into: { [name: string]: T }, name: string, value: T): void {
  Object.defineProperty(into, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Reads a `google.protobuf.Value`; null and a value of no kind are empty. */
function readValue(reader: ProtoReader, depth: number): WireValue {
  if (depth > MAX_DEPTH) fail(reader);
  const end = readEnd(reader);
  let value: WireValue = {};
  while (reader.at < end) value = readKind(reader, depth);
  expectEnd(reader, end);
  return value;
}

function readKind(reader: ProtoReader, depth: number): WireValue {
  const tag = readVarint(reader);
  switch (tag) {
    case fixed64Tag(2):
      return { numberValue: readDouble(reader) };
    case delimitedTag(3):
      return { stringValue: readString(reader) };
    case varintTag(4):
      return { boolValue: readVarint(reader) !== 0 };
    case delimitedTag(5):
      return { structValue: readStruct(reader, depth) };
    case delimitedTag(6):
      return { listValue: { values: readList(reader, depth) } };
    default:
      skipField(reader, tag);
      return {};
  }
}

function readList(reader: ProtoReader, depth: number): readonly WireValue[] {
  const end = readEnd(reader);
  const values: WireValue[] = [];
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === delimitedTag(1)) values.push(readValue(reader, depth + 1));
    else skipField(reader, tag);
  }
  expectEnd(reader, end);
  return values;
}
