/** A Markdown table with aligned columns: the first `left` of them to the left, the others to the right. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  left: number,
): string {
  const widths = head.map((cell, at) => Math.max(cell.length, 2, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string => {
    const cells = widths.map((width, at) =>
      at < left ? (row[at] ?? '').padEnd(width) : (row[at] ?? '').padStart(width),
    );
    return `| ${cells.join(' | ')} |`;
  };
  const rule = widths.map((width, at) => (at < left ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}
