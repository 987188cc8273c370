import type { RouteKind } from '../core/decision.ts';
import type { Decided } from '../core/request-record.ts';
import { DECISION_KEY, LB_NAMESPACE, SERIN_NAMESPACE } from '../extproc/keys.ts';
import type { WireStruct, WireValue } from '../extproc/wire.ts';
import type { LogEntry } from './log-entry.ts';

/** A decision as some replica told it, its start by that replica's clock; nothing in it is checked yet. */
export interface LoggedDecision {
  readonly kind: 'decision';
  readonly decided: Decided;
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
    decided: {
      pool,
      route,
      model: fields.model?.stringValue?.slice(0, MAX_MODEL),
      target: nameOf(fields.target),
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
