import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Command, createCommand } from '../arguments.ts';
import { publish } from '../report/publish.ts';
import { measureProfiles } from './measure.ts';
import { DRIVERS, PROFILE_USAGE, type ProfileOptions, parseProfileOptions } from './options.ts';
import { type EarlierRow, profileTables } from './tables.ts';

const { error: say } = console;
const earlierSchema = z.object({
  rows: z.array(
    z.object({
      driver: z.enum(DRIVERS),
      bodyBytes: z.number(),
      cpuUsPerRequest: z.number(),
      mainUsPerRequest: z.number(),
      ofFloor: z.number(),
      parts: z.array(z.object({ part: z.string(), share: z.number() })),
    }),
  ),
});

/** Shows where the time of a request goes, and where it went before; resolves with the exit status. */
export const benchProfile: Command = createCommand(parseProfileOptions, PROFILE_USAGE, runProfile);

async function runProfile(options: ProfileOptions, signal: AbortSignal): Promise<number> {
  const earlier = options.before === undefined ? [] : await readEarlier(options.before);
  const ended = new AbortController();
  try {
    const at = new Date();
    const rows = await measureProfiles(options, AbortSignal.any([signal, ended.signal]), say);
    const { rounds, windowMs } = options;
    const how = `${rounds} rounds of ${windowMs} ms`;
    const tables = profileTables(rows, earlier);
    await publish(
      { name: 'profile', at, how, options, rows: { rows }, tables },
      { ...options, text: 'profiles.md' },
    );
    return 0;
  } finally {
    ended.abort();
  }
}

async function readEarlier(path: string): Promise<readonly EarlierRow[]> {
  return earlierSchema.parse(JSON.parse(await readFile(path, 'utf8'))).rows;
}
