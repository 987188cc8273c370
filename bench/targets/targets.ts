import { type Command, createCommand, type Parsed } from '../arguments.ts';
import { pickTargets } from '../picking/picking.ts';
import { publish } from '../report/publish.ts';
import { targetTable } from '../report/target.ts';
import { measureScraping } from '../scraping/idle.ts';
import type { Row } from '../transport/samples.ts';
import { type Costs, measureBehindEnvoy, measureCosts } from './costs.ts';
import { measureFirstByte } from './first-byte.ts';
import { measureInside } from './inside.ts';
import { parseTargetsOptions, TARGETS_USAGE, type TargetsOptions } from './options.ts';
import { peerRows, peerTable } from './peer.ts';
import { measureSnapshot } from './snapshot.ts';

const { error: say } = console;

/** Measures every figure that Serin is held to; resolves with the exit status, which tells of faults alone. */
export const benchTargets: Command = createCommand(parseTargetsOptions, TARGETS_USAGE, runTargets);

async function runTargets(options: TargetsOptions, signal: AbortSignal): Promise<number> {
  const at = new Date();
  const { targets, rows } = await measureAll(options, signal);
  await publish({ name: 'targets', at, options, rows: { targets }, tables: targetTable(targets) }, options);
  if (options.peer !== undefined) await publishPeer(rows, at, options);
  return 0;
}

/** Measures a peer beside Serin and the floor, and nothing else; resolves with the exit status. */
export const benchPeer: Command = createCommand(parsePeerOptions, TARGETS_USAGE, runPeer);

function parsePeerOptions(args: readonly string[]): Parsed<TargetsOptions> {
  const given = parseTargetsOptions(args);
  if (given.kind === 'invalid' || given.options.peer !== undefined) return given;
  return { kind: 'invalid', problem: 'no --peer was named' };
}

async function runPeer(options: TargetsOptions, signal: AbortSignal): Promise<number> {
  const at = new Date();
  await publishPeer(await measureBehindEnvoy(options, say, signal), at, options);
  return 0;
}

async function publishPeer(rows: readonly Row[], at: Date, options: TargetsOptions): Promise<void> {
  const { rounds, windowMs, peer } = options;
  const beside = peerRows(rows);
  const how = `${rounds} rounds of ${windowMs} ms; the peer is ${peer?.name}`;
  await publish(
    { name: 'peer', at, how, options, rows: { rows: beside }, tables: peerTable(beside) },
    options,
  );
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
