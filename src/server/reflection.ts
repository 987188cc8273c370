import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { StatusCode } from './status.ts';

/** `grpc.reflection.v1.ServerReflectionRequest`; v1alpha has the same shape. */
export interface ReflectionRequest {
  readonly file_by_filename?: string;
  readonly file_containing_symbol?: string;
  readonly file_containing_extension?: object;
  readonly all_extension_numbers_of_type?: string;
  readonly list_services?: string;
}

/** `grpc.reflection.v1.ServerReflectionResponse`. */
export interface ReflectionResponse {
  readonly original_request: ReflectionRequest;
  readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly Uint8Array[] };
  readonly list_services_response?: { readonly service: readonly { readonly name: string }[] };
  readonly error_response?: { readonly error_code: number; readonly error_message: string };
}

/** Answers one reflection request. */
export type Reflection = (request: ReflectionRequest) => ReflectionResponse;

/** One file of the descriptor set: its bytes as they were compiled, and what it defines and needs. */
interface ProtoFile {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly symbols: readonly string[];
  readonly services: readonly string[];
  readonly dependencies: readonly string[];
}

/** Creates the reflection of a descriptor set (`protoc --descriptor_set_out --include_imports`). */
export function createReflection(descriptorSet: string): Reflection {
  const files = readFiles(readFileSync(descriptorSet));
  const byName = new Map(files.map((file) => [file.name, file]));
  const bySymbol = new Map(files.flatMap((file) => file.symbols.map((symbol) => [symbol, file] as const)));
  const services = files.flatMap((file) => file.services).map((name) => ({ name }));

  /** The file and all that it needs, since clients do not always ask for the rest. */
  function withDependencies(file: ProtoFile, seen: Set<ProtoFile>): readonly Uint8Array[] {
    if (seen.has(file)) return [];
    seen.add(file);
    const needed = file.dependencies.flatMap((name) => byName.get(name) ?? []);
    return [file.bytes, ...needed.flatMap((dependency) => withDependencies(dependency, seen))];
  }

  function fileAnswer(
    request: ReflectionRequest,
    file: ProtoFile | undefined,
    asked: string,
  ): ReflectionResponse {
    if (file === undefined) return failure(request, StatusCode.notFound, `${asked} not found`);
    return {
      original_request: request,
      file_descriptor_response: { file_descriptor_proto: withDependencies(file, new Set()) },
    };
  }

  return (request) => {
    const { file_by_filename: name, file_containing_symbol: symbol } = request;
    if (name !== undefined) return fileAnswer(request, byName.get(name), name);
    if (symbol !== undefined) return fileAnswer(request, bySymbol.get(symbol), symbol);
    if (request.list_services !== undefined) {
      return { original_request: request, list_services_response: { service: services } };
    }
    return failure(request, StatusCode.unimplemented, 'proto3 messages have no extensions');
  };
}

function failure(request: ReflectionRequest, code: number, message: string): ReflectionResponse {
  return { original_request: request, error_response: { error_code: code, error_message: message } };
}

/** A FileDescriptorSet is a repeated field 1; the bytes of each file are kept as they are. */
function readFiles(set: Uint8Array): readonly ProtoFile[] {
  const reader = protobuf.Reader.create(set);
  const files: ProtoFile[] = [];
  while (reader.pos < reader.len) {
    reader.uint32();
    files.push(describe(reader.bytes()));
  }
  return files;
}

interface Named {
  readonly name?: string | null;
  readonly nestedType?: readonly Named[] | null;
  readonly enumType?: readonly Named[] | null;
  readonly field?: readonly Named[] | null;
  readonly oneofDecl?: readonly Named[] | null;
  readonly method?: readonly Named[] | null;
}

function describe(bytes: Uint8Array): ProtoFile {
  const file = descriptor.FileDescriptorProto.decode(bytes) as unknown as {
    readonly name?: string;
    readonly package?: string;
    readonly dependency?: readonly string[];
    readonly messageType?: readonly Named[];
    readonly enumType?: readonly Named[];
    readonly service?: readonly Named[];
  };
  const prefix = file.package ? `${file.package}.` : '';
  const services = (file.service ?? []).map(({ name }) => `${prefix}${name}`);
  const types = [...(file.messageType ?? []), ...(file.enumType ?? []), ...(file.service ?? [])];
  return {
    bytes,
    name: file.name ?? '',
    symbols: types.flatMap((type) => symbolsOf(type, prefix)),
    services,
    dependencies: file.dependency ?? [],
  };
}

function symbolsOf(type: Named, prefix: string): readonly string[] {
  const full = `${prefix}${type.name}`;
  const { nestedType, enumType, field, oneofDecl, method } = type;
  const inner = [nestedType, enumType, field, oneofDecl, method].flatMap((each) => each ?? []);
  return [full, ...inner.flatMap((each) => symbolsOf(each, `${full}.`))];
}
