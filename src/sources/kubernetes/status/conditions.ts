import type { Condition, Observed } from '../observed.ts';
import type { Verdict } from './verdict.ts';

/** The CRDs take more, but nobody reads more. */
const MAX_MESSAGE = 1024;

/** The conditions that an object should have; undefined if it has them already. */
export function wantedConditions(
  { conditions, generation }: Observed,
  verdicts: readonly Verdict[],
  nowIso: string,
): readonly Condition[] | undefined {
  const wanted = verdicts.map((verdict): Condition => {
    const before = conditions.find(({ type }) => type === verdict.type);
    const isOld = before?.status === verdict.status;
    return {
      ...verdict,
      message: verdict.message.slice(0, MAX_MESSAGE),
      lastTransitionTime: isOld ? before.lastTransitionTime : nowIso,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    };
  });
  return wanted.every((each) => conditions.some((before) => isSame(before, each))) ? undefined : wanted;
}

function isSame(a: Condition, b: Condition): boolean {
  return (
    a.type === b.type &&
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.observedGeneration === b.observedGeneration
  );
}
