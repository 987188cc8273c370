import { expect } from 'vitest';
import { istiodPage } from '../istiod.ts';
import type { Case } from '../subject.ts';

/** What istiod says of the gateways that it knows. */
interface SyncStatus {
  readonly proxy: string;
  readonly resources: Readonly<Record<string, { readonly sent?: string; readonly acked?: string }>>;
}

/** The configuration itself, after all that has happened to it. */
export const TAKEN: Case = {
  title: 'is taken by the gateway: whatever istiod has sent, and nothing waits',
  run: async ({ gateway, wiring }) => {
    const stats = await gateway.admin(
      '/stats?usedonly&filter=update_rejected$|warming_clusters$|update_failure$',
    );
    const counted = stats.split('\n').filter((line) => /: [1-9]/.test(line));
    expect(counted.filter((line) => !line.includes('update_failure'))).toEqual([]);
    const status = await istiodPage<readonly SyncStatus[]>('/debug/syncz');
    const own = status.filter(({ proxy }) => proxy.startsWith(`${wiring.gateway.name}-`));
    const waiting = own.flatMap(({ resources }) =>
      Object.values(resources).filter(({ sent, acked }) => sent !== acked),
    );
    expect([own.length, waiting]).toEqual([1, []]);
  },
};
