import { DISTURBANCES } from './cases/disturbances.ts';
import { EXAMINED } from './cases/examined.ts';
import { COSTS_NOTHING, COSTS_WHAT_IT_DECIDED, COSTS_WHAT_IT_HAD } from './cases/killed-pod.ts';
import { PASSES_ON, REFUSES } from './cases/no-serin.ts';
import { OWN_CLUSTER } from './cases/own-cluster.ts';
import { REQUESTS } from './cases/requests.ts';
import { SPLIT } from './cases/split.ts';
import { TAKEN } from './cases/taken.ts';
import { INGRESS, OWN_GATEWAY } from './identities.ts';
import type { Case } from './subject.ts';
import type { Wiring } from './wiring.ts';

/** A wiring with what is asked of it. */
export interface TestedWiring extends Wiring {
  readonly title: string;
  readonly cases: readonly Case[];
}

function virtualService(host: string, text: string): unknown {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'another-host', namespace: 'default' },
    spec: {
      hosts: [host],
      gateways: ['llm-inference-gateway'],
      http: [{ directResponse: { status: 200, body: { string: text } } }],
    },
  };
}

/** A route of the Gateway API answers nothing by itself but a redirect, whose target carries the text. */
function httpRoute(host: string, text: string): unknown {
  const requestRedirect = { hostname: text, statusCode: 302 };
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'another-host', namespace: 'default' },
    spec: {
      parentRefs: [{ name: 'llm-inference-gateway' }],
      hostnames: [host],
      rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect }] }],
    },
  };
}

const BY_ENVOY_FILTER = { gateway: INGRESS, retries: false, otherRoute: virtualService };
/** Istio itself gives the routes of a pool two retries. */
const BY_GATEWAY_API = { gateway: OWN_GATEWAY, retries: true, otherRoute: httpRoute };

const FAIL_OPEN = {
  target: { kind: 'InferencePool' },
  patch: '[{ "op": "replace", "path": "/spec/endpointPickerRef/failureMode", "value": "FailOpen" }]',
};

const ALL = [EXAMINED, ...REQUESTS, ...SPLIT, ...DISTURBANCES, COSTS_WHAT_IT_DECIDED, COSTS_WHAT_IT_HAD];
/** For what differs from another wiring in one point: that point is the last case. */
const VARIANT = [...REQUESTS, ...SPLIT];

/** Every wiring that runs without certificates. */
export const WIRINGS: readonly TestedWiring[] = [
  {
    ...BY_ENVOY_FILTER,
    title: 'envoyfilter',
    folder: 'envoyfilter',
    cases: [...ALL, OWN_CLUSTER, REFUSES, TAKEN],
  },
  {
    ...BY_ENVOY_FILTER,
    title: 'original-dst',
    folder: 'original-dst',
    cases: [...ALL, REFUSES, TAKEN],
  },
  {
    ...BY_GATEWAY_API,
    title: 'gateway-api',
    folder: 'gateway-api',
    cases: [...ALL, OWN_CLUSTER, REFUSES, TAKEN],
  },
  {
    ...BY_ENVOY_FILTER,
    title: 'envoyfilter with components/retry',
    folder: 'envoyfilter',
    components: ['retry'],
    retries: true,
    cases: [...VARIANT, COSTS_NOTHING, TAKEN],
  },
  {
    ...BY_ENVOY_FILTER,
    title: 'envoyfilter with components/response-bodies',
    folder: 'envoyfilter',
    components: ['response-bodies'],
    cases: [...REQUESTS, TAKEN],
  },
  {
    ...BY_ENVOY_FILTER,
    title: 'fail-open',
    folder: 'fail-open',
    cases: [...VARIANT, PASSES_ON, TAKEN],
  },
  {
    ...BY_GATEWAY_API,
    title: 'gateway-api-override',
    folder: 'gateway-api-override',
    cases: [...VARIANT, TAKEN],
  },
  {
    ...BY_GATEWAY_API,
    title: 'gateway-api with failureMode FailOpen',
    folder: 'gateway-api',
    patches: [FAIL_OPEN],
    cases: [PASSES_ON, TAKEN],
  },
];

/** A wiring by its title. */
export function wiringOf(title: string): Wiring {
  const wiring = WIRINGS.find((each) => each.title === title);
  if (wiring === undefined) throw new Error(`there is no wiring ${title}`);
  return wiring;
}
