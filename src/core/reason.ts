import type { RouteKind } from './decision.ts';
import { excerpt } from './excerpt.ts';
import type { ExplainedPick, Explanation } from './explanation.ts';

/** What a reason is told from. */
export interface Reasoned {
  readonly route: RouteKind;
  readonly target: string | undefined;
  readonly explanation?: Explanation | undefined;
}

/** Why a request went where it went, in a sentence; more than the kind of its route if it was explained. */
export function reasonOf({ route, target, explanation }: Reasoned): string {
  if (explanation === undefined) return REASONS[route];
  const parts = [weightOf(explanation, target) ?? REASONS[route], bestOf(explanation.pick)];
  return parts.filter((part) => part !== undefined).join('; ');
}

const REASONS: { readonly [route in RouteKind]: string } = {
  weighted: 'by weight',
  direct: 'asked for by its own name',
  passthrough: 'unknown, and passed on',
  headers: 'no model was read',
};

function weightOf({ rule, roll }: Explanation, target: string | undefined): string | undefined {
  const chosen = rule?.kind === 'weighted' ? rule.targets.find(({ name }) => name === target) : undefined;
  if (rule?.kind !== 'weighted' || chosen === undefined) return undefined;
  const { kind, namespace, name } = rule.object;
  const total = rule.targets.reduce((sum, { effective }) => sum + effective, 0);
  const rolled = roll === undefined ? '' : `, rolled ${roll.value.toFixed(4)} by ${roll.by}`;
  return `${kind} ${namespace}/${name} gives ${excerpt(chosen.name)} ${chosen.effective} of ${total}${rolled}`;
}

function bestOf(pick: ExplainedPick | undefined): string | undefined {
  const [best] = pick?.candidates ?? [];
  return best?.admitted === true ? `least total ${Number(best.total.toFixed(3))}` : undefined;
}
