/** More of a name than this tells nobody anything, and a client may send megabytes. */
const LONGEST_NAME = 200;

/**
 * A name or its beginning, for what outlives the name's request. A copy, since a slice would keep the whole text in
 * memory.
 */
export function beginningOf(name: string | undefined): string | undefined {
  if (name === undefined || name.length <= LONGEST_NAME) return name;
  return Buffer.from(`${name.slice(0, LONGEST_NAME)}…`).toString();
}
