import { pickTargets } from '../picking/picking.ts';
import { publish } from '../report/publish.ts';
import { targetTable } from '../report/target.ts';
import { measureScraping } from '../scraping/idle.ts';
import { type Costs, measureCosts } from './costs.ts';
import { measureFirstByte } from './first-byte.ts';
import { measureInside } from './inside.ts';
import { parseTargetsOptions, TARGETS_USAGE, type TargetsOptions } from './options.ts';
import { peerRows, peerTable } from './peer.ts';
import { measureSnapshot } from './snapshot.ts';

const { error: say } = console;

/** Measures every figure that Serin is held to; resolves with the exit status, which tells of faults alone. */
export async function benchTargets(args: readonly string[], signal: AbortSignal): Promise<number> {
  const parsed = parseTargetsOptions(args);
  if (parsed.kind === 'invalid') {
    say(`${parsed.problem}\n${TARGETS_USAGE}`);
    return 2;
  }
  const { options } = parsed;
  const at = new Date();
  const { targets, rows } = await measureAll(options, signal);
  await publish({ name: 'targets', at, options, rows: { targets }, tables: targetTable(targets) }, options);
  if (options.peer !== undefined) {
    const beside = peerRows(rows);
    const how = `${options.rounds} rounds of ${options.windowMs} ms; the peer is ${options.peer.name}`;
    await publish(
      { name: 'peer', at, how, options, rows: { rows: beside }, tables: peerTable(beside) },
      options,
    );
  }
  return 0;
}

/** One after the other: they would disturb each other. */
async function measureAll(options: TargetsOptions, signal: AbortSignal): Promise<Costs> {
  say('snapshot');
  const snapshot = measureSnapshot();
  say('pick');
  const picks = pickTargets();
  say('first byte');
  const firstByte = await measureFirstByte(signal);
  say('inside');
  const inside = await measureInside(options, signal);
  say('scraping');
  const scraping = await measureScraping(options.watchMs, signal);
  const { targets, rows } = await measureCosts(options, say, signal);
  return { targets: [...targets, ...firstByte, ...inside, ...picks, ...scraping, ...snapshot], rows };
}
