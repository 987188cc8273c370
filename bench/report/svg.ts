/** Elements of an SVG picture, as text. */

/** A place of a picture for a value. */
export type Scale = (value: number) => number;

/** A point of a picture. */
export type Point = readonly [number, number];

/** Escapes what XML would read as markup. */
export function escapeText(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A text that begins, has its middle or ends at a point. */
export function text(
  x: number,
  y: number,
  value: string,
  anchor: 'start' | 'middle' | 'end',
  more = '',
): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}" ${more}>${escapeText(value)}</text>`;
}

/** A straight thin line. */
export function line([x1, y1]: Point, [x2, y2]: Point, colour: string): string {
  return `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" stroke="${colour}"/>`;
}

/** How a line looks. */
export interface Look {
  readonly colour: string;
  readonly dashed: boolean;
}

/** A line through points, with a dot on each. */
export function polyline(points: readonly Point[], { colour, dashed }: Look): string {
  const path = points.map(([x, y]) => `${fixed(x)},${fixed(y)}`).join(' ');
  const dash = dashed ? ' stroke-dasharray="7 4"' : '';
  const dots = points.map(([x, y]) => `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="3.5" fill="${colour}"/>`);
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>${dots.join('')}`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
