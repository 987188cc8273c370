import type { Field, FieldKind } from './hpack/field.ts';

/** The header fields of a request (RFC 9113 §8.3.1). */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly authority: string | undefined;
  /** Bytes of the body if they are named. */
  readonly contentLength: number | undefined;
  /** The fields that are no pseudo-headers, in order. */
  readonly fields: readonly Field[];
  /** Size of the whole list (RFC 9113 §6.5.2). */
  readonly bytes: number;
}

/** A header block while its fields come in. */
export interface HeadBuilder {
  method: string | undefined;
  scheme: string | undefined;
  path: string | undefined;
  authority: string | undefined;
  contentLength: number | undefined;
  fields: Field[];
  /** Size of the list so far (RFC 9113 §6.5.2). */
  listBytes: number;
  /** The first thing that makes the block malformed (RFC 9113 §8.1.1). */
  problem: string | undefined;
}

/** Creates the builder of an empty block. */
export function createHeadBuilder(): HeadBuilder {
  return {
    method: undefined,
    scheme: undefined,
    path: undefined,
    authority: undefined,
    contentLength: undefined,
    fields: [],
    listBytes: 0,
    problem: undefined,
  };
}

/** Adds a field; past `maxListBytes` nothing more is kept, however much a few bytes of the block expand to. */
export function addField(builder: HeadBuilder, field: Field, maxListBytes: number): void {
  builder.listBytes += field.size;
  if (builder.listBytes > maxListBytes || builder.problem !== undefined) return;
  builder.problem = field.wellFormed ? place(builder, field) : 'a field with forbidden characters';
}

function place(builder: HeadBuilder, field: Field): string | undefined {
  switch (field.kind) {
    case 'method':
    case 'scheme':
    case 'path':
    case 'authority':
      return placePseudo(builder, field.kind, field.value);
    case 'content-length':
      builder.fields.push(field);
      return placeContentLength(builder, field.value);
    case 'te':
      if (field.value !== 'trailers') return 'te other than trailers';
      builder.fields.push(field);
      return undefined;
    case 'other':
      builder.fields.push(field);
      return undefined;
    case 'forbidden':
      return `the connection-specific field ${field.name}`;
    case 'unknown-pseudo':
      return 'an unknown pseudo-header';
  }
}

type PseudoKind = Extract<FieldKind, 'method' | 'scheme' | 'path' | 'authority'>;

/** Each pseudo-header at most once, and before all other fields (RFC 9113 §8.3). */
function placePseudo(builder: HeadBuilder, kind: PseudoKind, value: string): string | undefined {
  if (builder.fields.length > 0) return 'a pseudo-header after other fields';
  if (builder[kind] !== undefined) return `:${kind} twice`;
  builder[kind] = value;
  return undefined;
}

function placeContentLength(builder: HeadBuilder, value: string): string | undefined {
  const length = /^[0-9]{1,15}$/.test(value) ? Number(value) : undefined;
  if (length === undefined) return 'content-length is no number';
  if (builder.contentLength !== undefined && builder.contentLength !== length) return 'two content-lengths';
  builder.contentLength = length;
  return undefined;
}

/** The head that a block has become, or what is wrong with it (RFC 9113 §8.3.1). */
export function finishHead(builder: HeadBuilder): RequestHead | string {
  const { method, scheme, path, authority, contentLength, fields, listBytes: bytes, problem } = builder;
  if (problem !== undefined) return problem;
  if (method === undefined || scheme === undefined || path === undefined) return 'a pseudo-header is missing';
  if (path === '') return 'an empty :path';
  return { method, path, authority, contentLength, fields, bytes };
}

/** What is wrong with a block of trailers: they hold no pseudo-headers (RFC 9113 §8.1). */
export function trailersProblem({
  method,
  scheme,
  path,
  authority,
  problem,
}: HeadBuilder): string | undefined {
  if (problem !== undefined) return problem;
  const pseudo = method ?? scheme ?? path ?? authority;
  return pseudo === undefined ? undefined : 'trailers with a pseudo-header';
}

/** The first value of a field, by its lower-case name. */
export function fieldOf(head: RequestHead, name: string): string | undefined {
  // Comparing strings calls into the engine; nearly all names differ in length.
  for (const field of head.fields)
    if (field.name.length === name.length && field.name === name) return field.value;
  return undefined;
}
