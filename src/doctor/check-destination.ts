import { DESTINATION_HEADER } from '../extproc/keys.ts';
import type { ClusterFact } from './envoy-clusters.ts';
import { type Finding, findingsOf } from './finding.ts';

const { ok, fault } = findingsOf('Envoy destination');

/** Says whether some cluster of Envoy goes to the pod that Serin picks. */
export function checkDestination(
  clusters: Iterable<ClusterFact>,
  fallbackEndpoints: number,
): readonly Finding[] {
  const reading = [...clusters].flatMap(({ name, destination }) =>
    destination === undefined ? [] : [{ name, destination }],
  );
  if (reading.length === 0) {
    return [
      fault(
        'no cluster of Envoy goes to the pod that Serin picks',
        `ORIGINAL_DST with original_dst_lb_config: {use_http_header: true, http_header_name: ${DESTINATION_HEADER}}, or the load balancing policy override_host`,
      ),
    ];
  }
  return reading.map(({ name, destination }) => {
    if (destination.kind === 'override-host')
      return ok(`the cluster ${name} goes where Serin says (override_host)`);
    if (destination.header !== DESTINATION_HEADER) {
      return fault(
        `the cluster ${name} reads its destination from ${destination.header}`,
        `http_header_name: ${DESTINATION_HEADER}`,
      );
    }
    if (fallbackEndpoints > 0) {
      return fault(
        `the cluster ${name} (ORIGINAL_DST) takes one address, and --fallback-endpoints makes it a list`,
        '--fallback-endpoints 0, or the load balancing policy override_host',
      );
    }
    return ok(`the cluster ${name} goes where Serin says (ORIGINAL_DST)`);
  });
}
