import type { ExplainedPick, ExplainedRule, Explanation } from '../core/explanation.ts';
import { formatPlace } from '../sources/problems/problem.ts';

/** An explanation as plain JSON; what is unknown is absent. */
export function explanationJson({ rule, roll, pick }: Explanation): object {
  return {
    ...(rule === undefined ? {} : ruleJson(rule)),
    roll,
    ...(pick === undefined ? {} : pickJson(pick)),
  };
}

function ruleJson(explained: ExplainedRule): object {
  const { kind, namespace, name, place } = explained.object;
  const rule = { kind, namespace, name, place: formatPlace(place) };
  if (explained.kind === 'invalid') return { rule: { ...rule, problem: explained.problem } };
  const { criticality, targets, left } = explained;
  return { rule: { ...rule, criticality }, targets, otherTargets: left };
}

function pickJson({ sheddable, candidates, left }: ExplainedPick): object {
  return { sheddable, candidates, otherCandidates: left };
}
