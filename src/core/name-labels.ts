import type { RouteKind } from './decision.ts';
import type { LoadView } from './load-view.ts';
import type { ModelName, TargetName } from './names.ts';
import type { Endpoint, Pool } from './snapshot.ts';

/** What becomes of a request, as far as its labels tell of it. */
export interface LabelledRequest {
  readonly pool: Pool;
  readonly model: ModelName | undefined;
  readonly route: RouteKind;
  readonly target: TargetName | undefined;
  readonly endpoint: Endpoint;
}

/** The label of model names that nothing bounds: clients can make up any. */
export const OTHER = 'other';

/** A request's model and target as labels: names that an object gives or the pod serves, empty, or `other`. */
export function nameLabels(
  { pool, model, route, target, endpoint }: LabelledRequest,
  load: Pick<LoadView, 'models'>,
): { readonly modelLabel: string; readonly targetLabel: string } {
  if (model === undefined) return { modelLabel: '', targetLabel: '' };
  const served = route === 'direct' && load.models[endpoint.slot]?.has(model) === true;
  const modelLabel = served || pool.rules.has(model) ? model : OTHER;
  // A direct request's target is its model name, so it is no safer a label.
  return { modelLabel, targetLabel: route === 'direct' ? modelLabel : (target ?? '') };
}
