import { applyOwn, kubectl, manifests, rolledOut } from '../node/kubectl.ts';
import type { GatewayIdentity } from './gateway-pod.ts';

/** One of the ways in which a gateway of Istio's asks Serin. */
export interface Wiring {
  /** Its folder in `manifests/istio`. */
  readonly folder: string;
  /** Those of `manifests/istio/components` that are added, to it and to Serin. */
  readonly components?: readonly string[];
  readonly gateway: GatewayIdentity;
  /** True if the gateway tries a request on another pod that could not be sent to the first. */
  readonly retries: boolean;
  /** A route of another host, for the same gateway, that answers with a text by itself. */
  readonly otherRoute: (host: string, text: string) => unknown;
}

/** Applies the manifests of a wiring. */
export async function applyWiring({ folder, components = [] }: Wiring): Promise<void> {
  await applyOwn((at) => ({
    resources: [at('serin'), at(`istio/${folder}`)],
    components: components.map((name) => at(`istio/components/${name}`)),
  }));
  await rolledOut('serin');
}

/** Deletes them, and puts Serin back as it is by itself. */
export async function deleteWiring({ folder }: Wiring): Promise<void> {
  await kubectl('delete', '-k', manifests(`istio/${folder}`));
  await kubectl('apply', '-k', manifests('serin'));
}
