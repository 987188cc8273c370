import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PageContent, Pages } from './admin.ts';

/** `page/` beside `src/` and `dist/`: what browsers run needs no build. */
const FOLDER = fileURLToPath(new URL('../../page/', import.meta.url));

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

/** The live page at `/` and its files, which hold nothing that this process knows. */
export function livePage(): Pages {
  const files = readdirSync(FOLDER)
    .sort()
    .flatMap((name): readonly (readonly [string, PageContent])[] => {
      const type = TYPES.get(extname(name));
      if (type === undefined) return [];
      const path = name === 'index.html' ? '/' : `/page/${name}`;
      return [[path, { status: 200, type, text: readFileSync(`${FOLDER}${name}`, 'utf8') }]];
    });
  return new Map(files.map(([path, content]) => [path, () => content]));
}
