import { homedir } from 'node:os';
import { join } from 'node:path';

type Env = { readonly [name: string]: string | undefined };

/** The folder that keeps what was fetched once: `SERIN_CACHE`, else `serin` in the user's cache folder. */
export function cacheFolder(env: Env): string {
  if (env.SERIN_CACHE) return env.SERIN_CACHE;
  return join(env.XDG_CACHE_HOME || join(env.HOME ?? homedir(), '.cache'), 'serin');
}
