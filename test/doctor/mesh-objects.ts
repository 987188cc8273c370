import { join } from 'node:path';
import type {
  DestinationRuleFact,
  EnvoyFilterFact,
  Mesh,
  PeerAuthenticationFact,
} from '../../src/doctor/mesh.ts';
import { readDestinationRule, readEnvoyFilter, readPeerAuthentication } from '../../src/doctor/read-mesh.ts';
import { kustomized, type Manifest } from '../manifests/kustomized.ts';

const ISTIO = join(import.meta.dirname, '../../manifests/istio');

/** The objects of a folder of `manifests/istio`. */
export function shipped(folder: string): readonly Manifest[] {
  return kustomized(join(ISTIO, folder));
}

/** The DestinationRules of a shipped folder. */
export function destinationRulesOf(folder: string): readonly DestinationRuleFact[] {
  return shipped(folder).flatMap((object) =>
    object.kind === 'DestinationRule' ? (readDestinationRule(object) ?? []) : [],
  );
}

/** The PeerAuthentications of a shipped folder. */
export function peerAuthenticationsOf(folder: string): readonly PeerAuthenticationFact[] {
  return shipped(folder).flatMap((object) =>
    object.kind === 'PeerAuthentication' ? (readPeerAuthentication(object) ?? []) : [],
  );
}

/** The EnvoyFilters of a shipped folder, as if pods were there for them. */
export function envoyFiltersOf(folder: string): readonly EnvoyFilterFact[] {
  const read = shipped(folder).flatMap((object) =>
    object.kind === 'EnvoyFilter' ? (readEnvoyFilter(object) ?? []) : [],
  );
  return read.map(({ selectors, ...filter }) => ({ ...filter, selectsPods: selectors.length > 0 }));
}

/** A mesh without anything in it, with changes. */
export function mesh(changes: Partial<Mesh> = {}): Mesh {
  const empty = { destinationRules: [], peerAuthentications: [], envoyFilters: [], sidecars: [] };
  return { kind: 'mesh', ...empty, ...changes };
}
