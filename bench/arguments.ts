/** The options of a benchmark, or what is wrong with its arguments. */
export type Parsed<Options> =
  | { readonly kind: 'ok'; readonly options: Options }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Reads options; what `read` throws is what is wrong with them. */
export function parsed<Options>(read: () => Options): Parsed<Options> {
  try {
    return { kind: 'ok', options: read() };
  } catch (error) {
    return { kind: 'invalid', problem: error instanceof Error ? error.message : String(error) };
  }
}

/** A whole number within bounds; throws with the flag if it is none. */
export function countOf(flag: string, text: string, [least, most]: readonly [number, number]): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < least || count > most) {
    throw new Error(`${flag}: ${text} is no number from ${least} to ${most}`);
  }
  return count;
}
