import { formatAddress } from '../../src/core/address.ts';
import { poolKey, type TargetName, targetName } from '../../src/core/names.ts';
import type { PromptPrefix } from '../../src/core/prompt-prefix.ts';
import type { Endpoint, Pool } from '../../src/core/snapshot.ts';
import { hashPrompt } from '../../src/extproc/prompt-hashes.ts';
import { createLoadTable, type LoadTable } from '../../src/state/load-table.ts';

/** A busy pool: pods of all loads, and adapters of which each pod holds a few. */
export interface Crowd {
  readonly pool: Pool;
  readonly load: LoadTable;
  readonly targets: readonly TargetName[];
  /** One of 1 KiB for each target, which some pods were sent; by the place of the target. */
  readonly prompts: readonly PromptPrefix[];
}

const ADAPTERS = 100;
const SLOTS = 8;
const PROMPT_BYTES = 1024;
/** Pods that were sent a prompt, counting those that were sent it twice. */
const SENT_TO = 3;

/** Makes a pool of so many pods, which all serve the same adapters. */
export function createCrowd(pods: number, random: () => number): Crowd {
  const names = Array.from({ length: ADAPTERS }, (_, at) => `adapter-${at}`);
  const models = new Map(names.map((name) => [name, 'adapter'] as const));
  const load = createLoadTable();
  const endpoints = Array.from({ length: pods }, (_, slot): Endpoint => {
    const address = formatAddress(`10.${slot >> 16}.${(slot >> 8) & 255}.${slot & 255}`, 8000);
    return { slot, address, name: `pod-${slot}` };
  });
  const below = (most: number) => Math.floor(random() * most);
  const some = (count: number) => Array.from({ length: count }, () => names[below(ADAPTERS)] ?? '');
  for (const { slot } of endpoints) {
    load.setFreshness(slot, 'fresh');
    load.setModels(slot, models);
    for (const name of some(3 * SLOTS)) load.touchAdapter(slot, name);
    const figures = { waiting: below(3), running: below(40), kvUsage: random(), maxLoras: SLOTS };
    const adapters = [...new Set(some(below(SLOTS)))];
    load.record(slot, { ...figures, waiting: 1, adapters });
    load.addSent(slot, 1);
    if (random() < 0.7) load.addSent(slot, -1);
    load.record(slot, { ...figures, adapters });
  }
  const targets = names.map(targetName);
  const prompts = targets.map((target) => {
    const prefix = hashPrompt(Buffer.from(target.padEnd(PROMPT_BYTES, '.')));
    for (let sent = 0; sent < SENT_TO; sent += 1) {
      load.promptSent(below(pods), target, { prefix, bytes: PROMPT_BYTES });
    }
    return prefix;
  });
  const none = { rules: new Map(), anyRule: undefined, objectives: new Map() };
  const byAddress = new Map(endpoints.map((endpoint) => [endpoint.address, endpoint]));
  const pool = { key: poolKey('default', 'crowd'), endpoints, byAddress, ...none };
  return { pool, load, targets, prompts };
}
