import { kubectl, kubectlOwn, manifests, type Own, rolledOut } from '../node/kubectl.ts';
import type { GatewayIdentity } from './gateway-pod.ts';

/** One of the ways in which a gateway of Istio's asks Serin. */
export interface Wiring {
  /** Its folder in `manifests/istio`. */
  readonly folder: string;
  /** Those of `manifests/istio/components` that are added, to it and to Serin. */
  readonly components?: readonly string[];
  /** Those of `manifests/components` that are added to Serin. */
  readonly serin?: readonly string[];
  /** Patches of kustomize on top. */
  readonly patches?: readonly unknown[];
  readonly gateway: GatewayIdentity;
  /** True if the gateway tries a request on another pod that could not be sent to the first. */
  readonly retries: boolean;
  /** A route of another host, for the same gateway, that answers with a text by itself. */
  readonly otherRoute: (host: string, text: string) => unknown;
}

/** The wiring as a kustomization, on top of some resources. */
function ownOf({ folder, components = [], serin = [], patches = [] }: Wiring, below: readonly string[]): Own {
  return (at) => ({
    resources: [...below, `istio/${folder}`].map(at),
    components: [
      ...serin.map((name) => at(`components/${name}`)),
      ...components.map((name) => at(`istio/components/${name}`)),
    ],
    patches,
  });
}

/** Applies the manifests of a wiring, and those of Serin, which its components may change. */
export async function applyWiring(wiring: Wiring): Promise<void> {
  await kubectlOwn(['apply', '-k'], ownOf(wiring, ['serin']));
  await rolledOut('serin');
}

/** Deletes them, and puts Serin back as it is by itself. */
export async function deleteWiring(wiring: Wiring): Promise<void> {
  await kubectlOwn(['delete', '--ignore-not-found', '-k'], ownOf(wiring, []));
  await kubectl('apply', '-k', manifests('serin'));
}
