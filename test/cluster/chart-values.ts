import { join } from 'node:path';

/** The project's Helm chart. */
export const CHART = join(import.meta.dirname, '../../manifests/chart');

/** The one value that a release has to have. */
export const POOL_VALUE = 'router.modelServers.matchLabels.app=vllm-llama2-7b-pool';

/** What turns on all that is optional. */
export const ALL_VALUES = [
  'crds.install=true',
  'admission.enabled=true',
  'userRoles.enabled=true',
  'adminToken.enabled=true',
  'status.enabled=true',
  'router.monitoring.prometheus.enabled=true',
  'router.monitoring.prometheus.modelServers.enabled=true',
  'router.monitoring.prometheus.rules.enabled=true',
  'router.epp.autoscaling.enabled=true',
];

/** Adds an object of a kind that the chart itself may bring. */
export const OBJECTIVE_VALUES = [
  'router.inferenceObjectives[0].name=batch',
  'router.inferenceObjectives[0].priority=-1',
];
