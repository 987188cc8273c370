#!/usr/bin/env node
// Serin needs a Node that can raise HTTP/2's reset limit (24 and newer). On an older one the pinned Node takes
// over if it is installed.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { pinnedNode } from './pinned-node.mjs';
import { runChild } from './run-child.mjs';

const OLDEST_MAJOR = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = ['dist/main.js', 'src/main.ts'].map((path) => join(root, path)).find(existsSync);

if (Number.parseInt(process.versions.node, 10) >= OLDEST_MAJOR) {
  process.argv[1] = main;
  await import(pathToFileURL(main).href);
} else {
  const node = pinnedNode(root);
  if (node === undefined) {
    process.stderr.write(
      `serin needs Node ${OLDEST_MAJOR} or newer, and this is ${process.version}: install a newer Node, or run "node setup.mjs build" once in a clone of Serin, which brings its own.\n`,
    );
    process.exitCode = 1;
  } else {
    process.exitCode = await runChild(node, [main, ...process.argv.slice(2)]);
  }
}
