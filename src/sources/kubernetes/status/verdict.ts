import { type ModelName, targetName } from '../../../core/names.ts';
import type {
  ModelObject,
  ObjectMeta,
  PolicyObject,
  RewriteObject,
  WeightedTarget,
} from '../../../core/policy.ts';
import type { ServedTargets } from '../../../core/served-targets.ts';
import type { Pool } from '../../../core/snapshot.ts';
import { objectId } from '../../policy/object-id.ts';
import type { Policy } from '../policy-objects.ts';

/** What Serin makes of one object, as a condition says it. */
export interface Verdict {
  readonly type: 'Accepted' | 'ModelNameInUse' | 'TargetsAvailable';
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** What a verdict is made from. */
export interface VerdictInput {
  readonly policy: Policy;
  /** Undefined if there is no such pool. */
  readonly pool: Pool | undefined;
  /** Undefined if there is no such pool. */
  readonly served: ServedTargets | undefined;
}

/** Judges one object. The words do not change with the load or the number of pods, so a calm cluster is quiet. */
export function judge({ policy, pool, served }: VerdictInput): readonly Verdict[] {
  const object = policy.good;
  if (policy.problems.length > 0 || !isRuleObject(object)) return invalid(policy);
  if (pool === undefined || served === undefined) return withoutPool(object);
  const names = namesOf(object);
  const taken = names.flatMap((name) => takenBy(object.meta, name, pool));
  return [accepted(names, taken), nameInUse(taken), targetsAvailable(targetsOf(object), served)];
}

type RuleObject = ModelObject | RewriteObject;

function isRuleObject(object: PolicyObject | undefined): object is RuleObject {
  return object?.kind === 'model' || object?.kind === 'rewrite';
}

function invalid({ good, problems }: Policy): readonly Verdict[] {
  const faults = problems.map(({ field, message }) => `${field} ${message}`.trimStart()).join('; ');
  const message = `${faults}; ${good === undefined ? 'its names are refused' : 'the version before stays in force'}`;
  return [
    { type: 'Accepted', status: 'False', reason: 'Invalid', message },
    ...unjudged('Invalid', 'see Accepted'),
  ];
}

function withoutPool({ pool }: RuleObject): readonly Verdict[] {
  const message = `there is no InferencePool ${pool}`;
  return [
    { type: 'Accepted', status: 'False', reason: 'PoolNotFound', message },
    ...unjudged('PoolNotFound', message),
  ];
}

function unjudged(reason: string, message: string): readonly Verdict[] {
  const types = ['ModelNameInUse', 'TargetsAvailable'] as const;
  return types.map((type) => ({ type, status: 'Unknown', reason, message }));
}

/** A name, or undefined for all that have no rule of their own. */
type Name = ModelName | undefined;

interface Taken {
  readonly name: Name;
  readonly winner: ObjectMeta;
}

function namesOf(object: RuleObject): readonly Name[] {
  if (object.kind === 'model') return [object.modelName];
  const names = object.rules.flatMap(({ matches }): readonly Name[] =>
    matches === 'any' ? [undefined] : matches,
  );
  return [...new Set(names)];
}

function takenBy(meta: ObjectMeta, name: Name, pool: Pool): readonly Taken[] {
  const rule = name === undefined ? pool.anyRule : pool.rules.get(name);
  return rule === undefined || isSame(rule.object, meta) ? [] : [{ name, winner: rule.object }];
}

/** Two groups may each have an object of one kind and name: the place tells them apart. */
function isSame(a: ObjectMeta, b: ObjectMeta): boolean {
  return objectId(a) === objectId(b) && a.place.source === b.place.source;
}

function accepted(names: readonly Name[], taken: readonly Taken[]): Verdict {
  const type = 'Accepted';
  if (taken.length < names.length) {
    return { type, status: 'True', reason: 'Accepted', message: 'requests are routed by this object' };
  }
  return { type, status: 'False', reason: 'ModelNameInUse', message: wordTaken(taken) };
}

function nameInUse(taken: readonly Taken[]): Verdict {
  const type = 'ModelNameInUse';
  if (taken.length > 0) return { type, status: 'True', reason: 'NameTaken', message: wordTaken(taken) };
  return { type, status: 'False', reason: 'NoConflict', message: 'no other object has a name of this one' };
}

function wordTaken(taken: readonly Taken[]): string {
  return taken
    .map(({ name, winner }) => `${name ?? 'any name'} is served by ${wordObject(winner)}`)
    .join('; ');
}

/** The place of an object in a cluster is its title. */
function wordObject(meta: ObjectMeta): string {
  return meta.place.line === 0 ? meta.place.source : `${objectId(meta)} (${meta.place.source})`;
}

function targetsOf(object: RuleObject): readonly WeightedTarget[] {
  if (object.kind === 'rewrite') return object.rules.flatMap(({ targets }) => targets);
  return object.targets.length > 0 ? object.targets : [{ name: targetName(object.modelName), weight: 1 }];
}

/** A target of weight 0 gets no requests, so it may be missing; the message tells of it all the same. */
function targetsAvailable(targets: readonly WeightedTarget[], served: ServedTargets): Verdict {
  const type = 'TargetsAvailable';
  if (served.pods === 0) {
    return { type, status: 'False', reason: 'NoReadyPods', message: 'no pod of the pool is ready' };
  }
  const names = [...new Set(targets.map(({ name }) => name))];
  const missing = names.filter((name) => !served.names.has(name));
  const weighted = new Set(targets.filter(({ weight }) => weight > 0).map(({ name }) => name));
  const message = wordServed(
    names.filter((name) => served.names.has(name)),
    missing,
  );
  if (!missing.some((name) => weighted.has(name))) {
    return { type, status: 'True', reason: 'AllServed', message };
  }
  if (served.untold) return { type, status: 'Unknown', reason: 'ModelsUnknown', message };
  return { type, status: 'False', reason: 'NotServed', message };
}

function wordServed(found: readonly string[], missing: readonly string[]): string {
  const parts = [
    ...(found.length > 0 ? [`a ready pod serves ${found.join(', ')}`] : []),
    ...(missing.length > 0 ? [`no ready pod is known to serve ${missing.join(', ')}`] : []),
  ];
  return parts.join('; ');
}
