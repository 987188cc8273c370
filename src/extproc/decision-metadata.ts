import type { Forward } from '../core/decision.ts';
import type { Endpoint } from '../core/snapshot.ts';
import { DECISION_KEY, DESTINATION_HEADER, LB_NAMESPACE, SERIN_NAMESPACE } from './keys.ts';
import type { WireStruct, WireValue } from './wire.ts';

/** What of a decision rides as dynamic metadata. */
export interface DecisionMetadataOptions {
  /**
   * Whether an entry of the access log has to tell a replica that did not decide all of it: then the request's
   * start and key are added, and the whole decision rides in `envoy.lb` too, the only namespace that Istio lets
   * through for an InferencePool. Load balancers that match subsets match every key of `envoy.lb`, so it is not
   * there unless it is asked for.
   */
  readonly forAccessLog: boolean;
}

/** The dynamic metadata of a forwarded request whose stream opened at `startedAtMs`. */
export type DecisionMetadata = (forward: Forward, startedAtMs: number) => WireStruct;

/**
 * Creates what describes decisions. What is the same for all requests that go to a target on an endpoint is
 * made once, so that its bytes are, too; it is dropped with the endpoint.
 */
export function createDecisionMetadata({ forAccessLog }: DecisionMetadataOptions): DecisionMetadata {
  const ofEndpoint = new WeakMap<Endpoint, Map<string, Lasting>>();

  function lasting(forward: Forward): Lasting {
    const { pool, route, target, role, group, endpoint } = forward;
    // Of other routes a client chooses the target's name, and nothing bounds those.
    if (route !== 'weighted' || target === undefined) return makeLasting(forward);
    const ofTarget = ofEndpoint.get(endpoint) ?? new Map<string, Lasting>();
    if (ofTarget.size === 0) ofEndpoint.set(endpoint, ofTarget);
    const known = ofTarget.get(target);
    // A pod may be in several pools, and a target in several objects.
    if (known?.pool === pool && known.role === role && known.group === group) return known;
    const made = makeLasting(forward);
    ofTarget.set(target, made);
    return made;
  }

  /** All of it is the same where nothing of it is the request's own, which is nearly always. */
  function ofAll(forward: Forward): WireStruct | undefined {
    const { route, target, model, fallbacks } = forward;
    if (forAccessLog || route !== 'weighted' || target === undefined || fallbacks.length > 0)
      return undefined;
    const { ofModel } = lasting(forward);
    const known = ofModel.get(model);
    if (known !== undefined) return known;
    const made = { shared: ofRequest(forward, 0) };
    if (ofModel.size === MOST_MODELS) ofModel.clear();
    ofModel.set(model, made);
    return made;
  }

  function ofRequest(forward: Forward, startedAtMs: number): WireStruct {
    const own: { [name: string]: WireValue } = {};
    if (forward.model !== undefined) own.model = { stringValue: told(forward.model) };
    if (forAccessLog) {
      own.started = { numberValue: startedAtMs };
      if (forward.key !== undefined) own.key = { stringValue: forward.key };
    }
    const decided: WireValue = { structValue: { shared: lasting(forward).struct, fields: own } };
    const balanced: { [name: string]: WireValue } = {
      [DESTINATION_HEADER]: { stringValue: destination(forward) },
    };
    if (forAccessLog) balanced[DECISION_KEY] = decided;
    return {
      fields: { [LB_NAMESPACE]: { structValue: { fields: balanced } }, [SERIN_NAMESPACE]: decided },
    };
  }

  return (forward, startedAtMs) => ofAll(forward) ?? ofRequest(forward, startedAtMs);
}

/** Objects give no longer names. */
const LONGEST_NAME = 256;

/** A client may send megabytes, and an entry of that size would cost the others in its message of the access log. */
function told(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}

/** What is the same for all requests of a pool that go to a target on an endpoint. */
interface Lasting {
  readonly pool: string;
  readonly role: string | undefined;
  readonly group: string | undefined;
  readonly struct: WireStruct;
  /** The whole metadata by the model that was asked for; a policy has few of them for a target. */
  readonly ofModel: Map<string | undefined, WireStruct>;
}

const MOST_MODELS = 16;

function makeLasting({ pool, route, target, role, group, endpoint }: Forward): Lasting {
  const fields: { [name: string]: WireValue } = {
    pool: { stringValue: pool },
    route: { stringValue: route },
    endpoint: { stringValue: endpoint.address },
  };
  for (const [name, text] of Object.entries({ target, role, group })) {
    if (text !== undefined) fields[name] = { stringValue: told(text) };
  }
  return { pool, role, group, struct: { fields }, ofModel: new Map() };
}

/** Header and metadata carry the same text: one `ip:port`, or with fallbacks a list, the pick first. */
export function destination(forward: Forward): string {
  if (forward.fallbacks.length === 0) return forward.endpoint.address;
  return [forward.endpoint, ...forward.fallbacks].map((endpoint) => endpoint.address).join(',');
}
