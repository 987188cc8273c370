import { expect } from 'vitest';
import type { Case } from '../subject.ts';

/** What is looked at of a cluster. */
interface Cluster {
  readonly name: string;
  readonly type?: string;
  readonly outlier_detection?: object;
  readonly load_balancing_policy?: object;
}

interface Dump {
  readonly configs: readonly {
    readonly dynamic_active_clusters?: readonly { readonly cluster: Cluster }[];
  }[];
}

/** Pods that Istio itself knows: what a DestinationRule says of them holds. */
export const OWN_CLUSTER: Case = {
  title: 'leaves the pods’ cluster to Istio, with its outlier detection: only the pod is Serin’s',
  run: async ({ gateway }) => {
    const { configs } = JSON.parse(await gateway.admin('/config_dump')) as Dump;
    const clusters = configs.flatMap(({ dynamic_active_clusters: active = [] }) => active);
    const ofPods = clusters.filter(({ cluster }) => /^outbound\|(8000|54321)\|\|vllm-/.test(cluster.name));
    const overridden = ofPods.filter(({ cluster }) =>
      JSON.stringify(cluster.load_balancing_policy ?? {}).includes('OverrideHost'),
    );
    expect(overridden.map(({ cluster }) => [cluster.type, cluster.outlier_detection])).toEqual([
      ['EDS', expect.objectContaining({ base_ejection_time: '10s' })],
    ]);
  },
};
