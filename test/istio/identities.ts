import type { GatewayIdentity } from './gateway-pod.ts';
import { ROOT_NAMESPACE } from './istiod.ts';

/** The gateway that Istio's charts install. */
export const INGRESS: GatewayIdentity = {
  name: 'istio-ingressgateway',
  namespace: ROOT_NAMESPACE,
  labels: { app: 'istio-ingressgateway', istio: 'ingressgateway' },
};

/** The gateway that Istio runs for the Gateway of `manifests/istio/gateway-api`. */
export const OWN_GATEWAY: GatewayIdentity = {
  name: 'llm-inference-gateway-istio',
  namespace: 'default',
  labels: { 'gateway.networking.k8s.io/gateway-name': 'llm-inference-gateway' },
};
