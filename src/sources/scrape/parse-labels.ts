const PAIR = /([a-zA-Z_][\w]*)\s*=\s*"([^"\\]*(?:\\[^\n][^"\\]*)*)"/g;

/** The labels of a series, `{name="value",…}`, with their escapes undone. */
export function parseLabels(text: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(PAIR)) labels.set(name, unescaped(value));
  return labels;
}

/** The text format escapes backslash, quote and line feed; any other backslash stands for itself. */
function unescaped(value: string): string {
  return value.replace(/\\([\\"n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
}
