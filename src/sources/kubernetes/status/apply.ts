import type { Sent } from '../api-server.ts';
import type { Condition } from '../observed.ts';
import type { Subject } from './subject.ts';

/** As whom Serin owns the conditions that it writes. */
const FIELD_MANAGER = 'serin';

/**
 * The request that writes conditions by server-side apply. It is for exactly the version that they were made for:
 * of two writers that know the same version one is refused, however late the request of the other arrives. It
 * does not force: what somebody else has written stays, since two who insist would write for ever.
 */
export function applyConditions(
  { observed, plural }: Pick<Subject, 'observed' | 'plural'>,
  conditions: readonly Condition[],
): Sent & { readonly path: string } {
  const { apiVersion, kind, namespace, name, uid, resourceVersion } = observed;
  const status = { conditions };
  return {
    method: 'PATCH',
    path: `/apis/${apiVersion}/namespaces/${namespace}/${plural}/${name}/status?fieldManager=${FIELD_MANAGER}`,
    contentType: 'application/apply-patch+yaml',
    body: JSON.stringify({
      ...{ apiVersion, kind, status },
      metadata: { namespace, name, uid, resourceVersion },
    }),
  };
}
