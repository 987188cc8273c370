import { bestEndpoints } from './best-endpoints.ts';
import { type DecideContext, decide } from './decide.ts';
import type { DecideStep } from './decide-step.ts';
import type { Decision, PickRequest } from './decision.ts';
import { type ExplainedEndpoint, explainPick } from './explain-pick.ts';
import type { ExplainedCandidate, ExplainedPick, ExplainedRule, Explanation } from './explanation.ts';
import { beginningOf } from './name-beginning.ts';
import type { PickInput } from './pick.ts';
import type { Rule } from './snapshot.ts';

/**
 * Decides a request as `decide` does, and tells how it came about: at most `most` pods, the best first. It takes
 * a look at every pod of the pool, so it is not for every request.
 */
export function explain(request: PickRequest, context: DecideContext, most: number): Decision {
  const steps: DecideStep[] = [];
  const decision = decide(request, { ...context, onStep: (step) => steps.push(step) });
  return { ...decision, explanation: { ...explanationOf(steps, most), model: beginningOf(request.model) } };
}

type Decided = Omit<Explanation, 'model'>;

function explanationOf(steps: readonly DecideStep[], most: number): Decided {
  let explanation: Decided = { pool: undefined, rule: undefined, roll: undefined, pick: undefined };
  for (const step of steps) explanation = { ...explanation, ...partOf(step, most) };
  return explanation;
}

function partOf(step: DecideStep, most: number): Partial<Decided> {
  switch (step.kind) {
    case 'pool':
      return { pool: step.pool.key };
    case 'rule':
      return { rule: ruleOf(step.rule) };
    case 'roll':
      return { roll: { value: step.value, by: step.by } };
    case 'pick':
      return { pick: pickOf(step.input, most) };
  }
}

function ruleOf(rule: Rule): ExplainedRule {
  const { object } = rule;
  if (rule.kind === 'invalid') return { kind: 'invalid', object, problem: rule.problem };
  return { kind: 'weighted', object, criticality: rule.criticality, targets: rule.targets };
}

function pickOf(input: PickInput, most: number): ExplainedPick {
  const best = bestEndpoints(input, most);
  return {
    target: beginningOf(input.target),
    sheddable: input.sheddable,
    candidates: explainPick(input, best).map(candidateOf),
    left: input.pool.endpoints.length - best.length,
  };
}

function candidateOf(explained: ExplainedEndpoint): ExplainedCandidate {
  const { address: endpoint, name } = explained.endpoint;
  if (explained.kind === 'excluded') return { endpoint, name, admitted: false, because: explained.because };
  const { total, full, parts } = explained.score;
  return { endpoint, name, admitted: true, total, full, scores: { ...parts } };
}
