/** Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->` in a text; throws if nothing does. */
export function replaceBlock(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const start = text.indexOf(open) + open.length;
  const end = text.indexOf(close);
  if (start < open.length || end < start) throw new Error(`there is no ${open} … ${close}`);
  return `${text.slice(0, start)}\n${content}\n${text.slice(end)}`;
}
