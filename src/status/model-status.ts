import { modelName } from '../core/names.ts';
import type { Pool, Rule, Target } from '../core/snapshot.ts';
import { quantileMs } from '../state/windows/histogram.ts';
import { NO_TALLY, type Tally } from '../state/windows/tally.ts';
import { estimateShare, isOff } from '../state/windows/wilson.ts';
import type { Series, Window } from '../state/windows/window.ts';
import type { ModelStatus, TargetFigures, TargetStatus } from './live-status.ts';

/** What each model of a pool was asked for and what became of it: those with an object, and those without. */
export function modelStatuses(pool: Pool, windows: readonly Window[]): readonly ModelStatus[] {
  const own = windows.map((window) => ({
    ...window,
    series: window.series.filter((each) => each.pool === pool.key),
  }));
  const seen = own.flatMap(({ series }) => series.map(({ model }) => model));
  const names = new Set<string | undefined>(pool.rules.keys());
  // A model that is gone, one that a pod serves by itself, and the rest: they had requests, so they are shown.
  for (const model of seen) names.add(model);
  if (pool.anyRule !== undefined) names.add(undefined);
  return [...names].map((model) => modelStatus(model, ruleOf(pool, model), own));
}

function ruleOf({ rules, anyRule }: Pool, model: string | undefined): Rule | undefined {
  if (model === undefined) return anyRule;
  return rules.get(modelName(model));
}

function modelStatus(
  model: string | undefined,
  rule: Rule | undefined,
  windows: readonly Window[],
): ModelStatus {
  const all = windows.map((window) => ({
    ...window,
    series: window.series.filter((each) => each.model === model),
  }));
  const weighted = rule?.kind === 'weighted' ? rule.targets : [];
  const known = new Set<string>(weighted.map(({ name }) => name));
  const others = new Set(
    all.flatMap(({ series }) => series.map(({ target }) => target ?? '')).filter((name) => !known.has(name)),
  );
  return {
    ...(model === undefined ? {} : { model }),
    ...(rule === undefined
      ? {}
      : { object: `${rule.object.kind} ${rule.object.namespace}/${rule.object.name}` }),
    ...(rule?.kind === 'invalid' ? { problem: rule.problem } : {}),
    targets: [
      ...weighted.map((target) => ({
        ...weightsOf(target, weighted),
        windows: figuresOf(target.name, all, weightsOf(target, weighted).effectiveShare),
      })),
      ...[...others].map((target) => ({ target, windows: figuresOf(target, all, undefined) })),
    ],
  };
}

function weightsOf(target: Target, all: readonly Target[]): Omit<TargetStatus, 'windows'> {
  const { name, wanted, effective, reason, role, group } = target;
  return {
    ...{ target: name, wanted, effective },
    wantedShare: part(
      wanted,
      all.map((each) => each.wanted),
    ),
    effectiveShare: part(
      effective,
      all.map((each) => each.effective),
    ),
    ...(reason === undefined ? {} : { reason }),
    ...{ role, group },
  };
}

function part(weight: number, all: readonly number[]): number {
  const total = all.reduce((sum, each) => sum + each, 0);
  return total === 0 ? 0 : weight / total;
}

function figuresOf(
  target: string,
  windows: readonly Window[],
  expected: number | undefined,
): readonly TargetFigures[] {
  return windows.map((window) => {
    const tally = window.series.find((each) => (each.target ?? '') === target)?.tally ?? NO_TALLY;
    return figuresIn(tally, window, expected);
  });
}

function figuresIn(
  tally: Tally,
  { seconds, coveredSeconds, series }: Window,
  expected: number | undefined,
): TargetFigures {
  const { requests, status4xx, status5xx, unanswered, withUsage } = tally;
  const total = requestsOf(series);
  // A process that has just begun would show rates that nobody reaches.
  const perSecond = (tokens: number) => tokens / Math.max(coveredSeconds, 1);
  return {
    ...{ seconds, requests, status4xx, status5xx, unanswered, withUsage },
    ...given('share', estimateShare(requests, total)),
    off: expected !== undefined && isOff(requests, total, expected),
    ...given('errorShare', estimateShare(status5xx, requests)),
    ...given('firstTokenMs', quantilesOf(tally.firstToken)),
    ...given('durationMs', quantilesOf(tally.duration)),
    promptTokensPerSecond: perSecond(tally.promptTokens),
    completionTokensPerSecond: perSecond(tally.completionTokens),
  };
}

function requestsOf(series: readonly Series[]): number {
  return series.reduce((sum, { tally }) => sum + tally.requests, 0);
}

function quantilesOf(histogram: Tally['duration']): TargetFigures['durationMs'] {
  const p50 = quantileMs(histogram, 0.5);
  const p95 = quantileMs(histogram, 0.95);
  return p50 === undefined || p95 === undefined ? undefined : { p50, p95 };
}

/** What is not known is absent, as JSON has it. */
function given<K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: T });
}
