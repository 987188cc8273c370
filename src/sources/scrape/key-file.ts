import { readFileSync } from 'node:fs';
import { messageOf } from '../files/system-error.ts';

/**
 * Creates a reader of a file with a key in it, read anew each time since it may be rotated. While it cannot be
 * read the last key stays, and `onAway` is told once; throws if it cannot be read at the start.
 */
export function createKeyFile(path: string, onAway: (message: string) => void): () => string {
  let key = readKey(path);
  let away = false;
  return () => {
    try {
      key = readKey(path);
      away = false;
    } catch (cause) {
      if (!away) onAway(messageOf(cause));
      away = true;
    }
    return key;
  };
}

function readKey(path: string): string {
  return readFileSync(path, 'utf8').trim();
}
