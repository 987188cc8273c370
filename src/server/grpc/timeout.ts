/** Milliseconds of each unit of `grpc-timeout` (gRPC over HTTP/2, TimeoutUnit). */
const UNIT_MS: { readonly [unit: string]: number } = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Reads a `grpc-timeout`, at most eight digits and a unit, in milliseconds; undefined if it is none. */
export function parseTimeout(text: string): number | undefined {
  const [, digits, unit] = /^([0-9]{1,8})([HMSmun])$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  return Number(digits) * (UNIT_MS[unit] ?? 0);
}
