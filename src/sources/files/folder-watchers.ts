import { type FSWatcher, watch } from 'node:fs';

/** Watches of a changing set of folders. */
export interface FolderWatchers {
  /**
   * Watches exactly these folders from here on: paths with the identity of the folder that is there. Says whether
   * any of them was not watched before, so that its changes up to here went unseen.
   */
  update(folders: ReadonlyMap<string, string>): boolean;
  close(): void;
}

/**
 * Calls `onEvent` when an entry of a watched folder changes. A folder that cannot be watched (the system's watches
 * are used up, a network file system) gives no events and no error: its changes are found by looking.
 */
export function createFolderWatchers(onEvent: () => void): FolderWatchers {
  const watchers = new Map<string, FSWatcher>();
  const drop = (key: string) => {
    watchers.get(key)?.close();
    watchers.delete(key);
  };
  return {
    update(folders) {
      // A watch belongs to a folder, not to its name: a folder that took another's place needs a new one.
      const keys = new Map([...folders].map(([folder, identity]) => [`${identity}:${folder}`, folder]));
      for (const key of [...watchers.keys()].filter((key) => !keys.has(key))) drop(key);
      const unseen = [...keys].filter(([key]) => !watchers.has(key));
      for (const [key, folder] of unseen) {
        const watcher = tryWatch(folder, onEvent);
        watcher?.on('error', () => drop(key));
        if (watcher !== undefined) watchers.set(key, watcher);
      }
      return unseen.some(([key]) => watchers.has(key));
    },
    close() {
      for (const key of [...watchers.keys()]) drop(key);
    },
  };
}

function tryWatch(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    return watch(folder, onEvent);
  } catch {
    return undefined;
  }
}
