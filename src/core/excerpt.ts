/** More of a name than this says nothing to a reader, and a client may send megabytes. */
const MAX_LENGTH = 120;

/** Text that a client chose, quoted and shortened, so that it can stand in a message to it. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text);
}
