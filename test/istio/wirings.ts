import { kubectl, manifests } from '../node/kubectl.ts';
import type { GatewayIdentity } from './gateway-pod.ts';
import { ROOT_NAMESPACE } from './istiod.ts';

/** One of the ways in which a gateway of Istio's asks Serin. */
export interface Wiring {
  /** Its folder in `manifests/istio`. */
  readonly name: string;
  readonly gateway: GatewayIdentity;
  /** What a request gets while no Serin is there. */
  readonly statusWithoutSerin: number;
  /** A route of another host, for the same gateway, that answers with a text by itself. */
  readonly otherRoute: (host: string, text: string) => unknown;
}

/** The gateway that Istio's charts install. */
const INGRESS: GatewayIdentity = {
  name: 'istio-ingressgateway',
  namespace: ROOT_NAMESPACE,
  labels: { app: 'istio-ingressgateway', istio: 'ingressgateway' },
};

/** The gateway that Istio runs for the Gateway of `manifests/istio/gateway-api`. */
const OWN: GatewayIdentity = {
  name: 'llm-inference-gateway-istio',
  namespace: 'default',
  labels: { 'gateway.networking.k8s.io/gateway-name': 'llm-inference-gateway' },
};

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

/** Every wiring that runs without certificates. */
export const WIRINGS: readonly Wiring[] = [
  { name: 'envoyfilter', gateway: INGRESS, statusWithoutSerin: 500, otherRoute: virtualService },
  { name: 'original-dst', gateway: INGRESS, statusWithoutSerin: 500, otherRoute: virtualService },
  { name: 'gateway-api', gateway: OWN, statusWithoutSerin: 500, otherRoute: httpRoute },
];

/** Applies the manifests of a wiring. */
export async function applyWiring(name: string): Promise<void> {
  await kubectl('apply', '-k', manifests(`istio/${name}`));
}

/** Deletes them. */
export async function deleteWiring(name: string): Promise<void> {
  await kubectl('delete', '--wait=false', '-k', manifests(`istio/${name}`));
}
