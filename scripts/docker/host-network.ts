import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Shell } from './shell.ts';

/** The tables that an engine writes to, as they are where nobody has written to them. */
const UNTOUCHED = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
} as const;

/**
 * Notes the packet filter and the bridges of this machine before an engine is started; the result puts them
 * back. An engine leaves its bridge and its chains behind, and a FORWARD policy of DROP that cuts others off.
 */
export async function rememberNetwork(shell: Shell): Promise<() => Promise<void>> {
  const saved = (await shell.try('iptables-save', [])).stdout;
  const hadBridge = (await shell.try('ip', ['link', 'show', 'docker0'])).code === 0;
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'serin-network-'));
    const file = join(folder, 'rules');
    await writeFile(file, `${saved}${missingTables(saved)}`);
    await shell.try('iptables-restore', [file]);
    if (!hadBridge) await shell.try('ip', ['link', 'delete', 'docker0']);
    await rm(folder, { recursive: true });
  };
}

/** A table that nobody has written to is not among the saved ones. */
function missingTables(saved: string): string {
  const missing = Object.entries(UNTOUCHED).filter(([table]) => !saved.includes(`*${table}\n`));
  return missing
    .map(
      ([table, chains]) => `*${table}\n${chains.map((chain) => `:${chain} ACCEPT [0:0]\n`).join('')}COMMIT\n`,
    )
    .join('');
}
