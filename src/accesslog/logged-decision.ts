import type { RouteKind } from '../core/decision.ts';
import type { Role } from '../core/policy.ts';
import type { Decided } from '../core/request-record.ts';
import { DECISION_KEY, LB_NAMESPACE, SERIN_NAMESPACE } from '../extproc/keys.ts';
import type { WireStruct, WireValue } from '../extproc/wire.ts';
import type { LogEntry } from './log-entry.ts';

/** The names of a decision as they were told; the labels are made of them here. */
export type DecidedNames = Omit<Decided, 'modelLabel' | 'targetLabel'>;

/** A decision as some replica told it, its start by that replica's clock; nothing in it is checked yet. */
export interface LoggedDecision {
  readonly kind: 'decision';
  readonly names: DecidedNames;
  readonly startedAtMs: number | undefined;
}

/** What the metadata of an entry says of a decision. */
export type ReadDecision = LoggedDecision | { readonly kind: 'none' } | { readonly kind: 'broken' };

/** Kubernetes' names are shorter; the model is what a client sent. */
const MAX_NAME = 512;
const MAX_MODEL = 256;

const ROUTES: ReadonlyMap<string, RouteKind> = new Map(
  (['weighted', 'direct', 'passthrough', 'headers'] as const).map((route) => [route, route]),
);

const ROLES: ReadonlyMap<string, Role> = new Map((['stable', 'canary'] as const).map((role) => [role, role]));

/** Finds Serin's decision in an entry's metadata: in its own namespace, or in the one that Istio lets through. */
export function readDecision(metadata: LogEntry['metadata']): ReadDecision {
  const struct = metadata[SERIN_NAMESPACE] ?? metadata[LB_NAMESPACE]?.fields?.[DECISION_KEY]?.structValue;
  return struct === undefined ? { kind: 'none' } : fromStruct(struct.fields ?? {});
}

function fromStruct(fields: NonNullable<WireStruct['fields']>): ReadDecision {
  const pool = nameOf(fields.pool);
  const endpoint = nameOf(fields.endpoint);
  const route = ROUTES.get(fields.route?.stringValue ?? '');
  if (pool === undefined || endpoint === undefined || route === undefined) return { kind: 'broken' };
  const key = nameOf(fields.key);
  return {
    kind: 'decision',
    names: {
      pool,
      route,
      model: fields.model?.stringValue?.slice(0, MAX_MODEL),
      target: nameOf(fields.target),
      role: ROLES.get(fields.role?.stringValue ?? ''),
      group: nameOf(fields.group),
      endpoint,
      ...(key !== undefined && /^[\da-f]{8}$/.test(key) ? { key } : {}),
    },
    startedAtMs: fields.started?.numberValue,
  };
}

function nameOf(value: WireValue | undefined): string | undefined {
  const text = value?.stringValue;
  return text !== undefined && text.length <= MAX_NAME ? text : undefined;
}
