/** Header fields that the transport reads by itself; every other name is `other`. */
export type FieldKind =
  | 'method'
  | 'scheme'
  | 'path'
  | 'authority'
  | 'content-length'
  | 'te'
  | 'other'
  | 'forbidden'
  | 'unknown-pseudo';

/** A header field of a table or a block, with what was found out about it once and for all. */
export interface Field {
  readonly name: string;
  readonly value: string;
  /** Its size in a table and in a header list (RFC 7541 §4.1). */
  readonly size: number;
  readonly kind: FieldKind;
  /** Whether name and value are made of allowed characters (RFC 9113 §8.2.1). */
  readonly wellFormed: boolean;
}

const KINDS: ReadonlyMap<string, FieldKind> = new Map([
  [':method', 'method'],
  [':scheme', 'scheme'],
  [':path', 'path'],
  [':authority', 'authority'],
  ['content-length', 'content-length'],
  ['te', 'te'],
  // Connection-specific fields (RFC 9113 §8.2.2).
  ['connection', 'forbidden'],
  ['proxy-connection', 'forbidden'],
  ['keep-alive', 'forbidden'],
  ['transfer-encoding', 'forbidden'],
  ['upgrade', 'forbidden'],
]);

/** A pseudo-header or a token of RFC 9110 §5.6.2 without capitals. */
const NAME = /^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/**
 * A value may hold every byte but NUL, CR and LF and may not begin or end with a blank (RFC 9113 §8.2.1): so
 * `outbound|9002||serin.ns.svc.cluster.local` is as good an `:authority` as any.
 */
const VALUE = /^(?![ \t])[^\0\r\n]*(?<![ \t])$/;

/** Creates a field from Latin-1 strings. */
export function createField(name: string, value: string): Field {
  return {
    name,
    value,
    size: name.length + value.length + 32,
    kind: KINDS.get(name) ?? (name.startsWith(':') ? 'unknown-pseudo' : 'other'),
    wellFormed: NAME.test(name) && VALUE.test(value),
  };
}
