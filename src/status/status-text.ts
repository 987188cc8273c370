import { columns } from '../columns.ts';
import { printable } from '../printable.ts';
import {
  durationText,
  errorsText,
  percentText,
  quantilesText,
  shareText,
  timeText,
  tokensText,
} from './figure-text.ts';
import type { LiveStatus, ModelStatus, PoolStatus, TargetFigures, TargetStatus } from './live-status.ts';

/** The windows of the two shares; all else is of the second. */
const [SHORT, LONG] = [60, 300];

/** A status as lines for a terminal. */
export function statusLines(status: LiveStatus): readonly string[] {
  const { replicas, atMs, waitingFor, pools, rejections } = status;
  const noun = replicas.known === 1 ? 'replica' : 'replicas';
  const waits = waitingFor.length === 0 ? '' : `, waiting for ${waitingFor.join(', ')}`;
  const reasons = rejections.windows.find(({ seconds }) => seconds === LONG)?.reasons ?? {};
  const refused = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`);
  const lines = [
    `${replicas.answered} of ${replicas.known} ${noun}, ${timeText(atMs)}${waits}`,
    ...troubles(status).map((trouble) => `! ${trouble}`),
    ...pools.flatMap(poolLines),
    '',
    `Rejections in 5 min: ${refused.length === 0 ? 'none' : refused.join(', ')}`,
  ];
  return lines.map(printable);
}

function troubles({ replicas, problems, moreProblems, conflicts }: LiveStatus): readonly string[] {
  return [
    ...replicas.missing.map(
      ({ address, problem }) => `replica ${address} does not tell its figures: ${problem}`,
    ),
    ...problems.map(({ source, text, sinceMs }) => `${text} (${source}, since ${timeText(sinceMs)})`),
    ...(moreProblems > 0 ? [`and ${moreProblems} more`] : []),
    ...conflicts.map(
      ({ name, winner, loser }) => `${name} is claimed twice: ${winner} has it, ${loser} has not`,
    ),
  ];
}

function poolLines({ pool, models, endpoints }: PoolStatus): readonly string[] {
  return ['', `Pool ${pool}`, ...models.flatMap(modelLines), '', ...podLines(endpoints)];
}

const TARGET_HEADS = [
  ...['target', 'role, group', 'weight', 'in force', 'share, 1 min', 'share, 5 min', 'requests', 'errors'],
  ...['first token p50, p95', 'duration p50, p95', 'tokens/s in, out'],
];

function modelLines({ model = 'any other name', object, problem, targets }: ModelStatus): readonly string[] {
  const head = `${model}${object === undefined ? '' : ` (${object})`}`;
  return [
    '',
    head,
    ...(problem === undefined ? [] : [`! ${problem}`]),
    ...(targets.length === 0 ? [] : columns([TARGET_HEADS, ...targets.map(targetCells)], 2)),
  ];
}

function targetCells(status: TargetStatus): readonly string[] {
  const { target, wantedShare, effectiveShare, reason, windows } = status;
  const [short, long] = [SHORT, LONG].map((length) => windows.find(({ seconds }) => seconds === length));
  const force = [percentText(effectiveShare), ...(reason === undefined ? [] : [reason])].join(', ');
  return [
    ...[target === '' ? 'whatever was asked for' : target, roleText(status), percentText(wantedShare), force],
    short === undefined ? '-' : shareText(short),
    ...(long === undefined ? [] : figureCells(long)),
  ];
}

/** The role, and the group where that is another one. */
function roleText({ role = '-', group = role }: TargetStatus): string {
  return group === role ? role : `${role}, ${group}`;
}

function figureCells(figures: TargetFigures): readonly string[] {
  return [
    ...[shareText(figures), `${figures.requests}`, errorsText(figures)],
    ...[quantilesText(figures.firstTokenMs), quantilesText(figures.durationMs), tokensText(figures)],
  ];
}

const POD_HEADS = ['pod', 'state', 'adapters', 'queue', 'running', 'in flight', 'KV cache', 'seen'];

function podLines(endpoints: PoolStatus['endpoints']): readonly string[] {
  if (endpoints.length === 0) return ['No pod is ready.'];
  const rows = endpoints.map(({ name, state, adapters, waiting, running, inFlight, kvUsage, ageSeconds }) => [
    ...[
      name,
      state,
      adapters.length === 0 ? '-' : adapters.join(' '),
      `${waiting}`,
      `${running}`,
      `${inFlight}`,
    ],
    ...[percentText(kvUsage), ageSeconds === undefined ? 'never' : `${durationText(ageSeconds * 1_000)} ago`],
  ]);
  return columns([POD_HEADS, ...rows], 3);
}
