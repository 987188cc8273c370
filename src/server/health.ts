import { SERVICES } from './proto.ts';

/** Whether a service takes requests, in the words of the gRPC health checking protocol. */
export type ServingStatus = 'SERVING' | 'NOT_SERVING';

/** The health of this process, for probes and load balancers. */
export interface Health {
  /** All services that may be asked for, with their status now. */
  readonly statuses: () => ReadonlyMap<string, ServingStatus>;
  /** Ready: every source was read once. Not ready again only when the process drains. */
  readonly setReady: (ready: boolean) => void;
  readonly isReady: () => boolean;
  /** Calls the listener with every change. */
  readonly subscribe: (listener: (service: string, status: ServingStatus) => void) => void;
}

/** Names that follow readiness: the whole server, the service itself, and what gateways' probes ask for. */
const READINESS_NAMES = ['', 'readiness', SERVICES.extProc, 'inference-extension'] as const;
/** Serves from the first moment on: a process that only waits for its sources must not be restarted. */
const LIVENESS_NAME = 'liveness';

/** Creates the health of a process that is not ready yet. */
export function createHealth(): Health {
  const listeners = new Set<(service: string, status: ServingStatus) => void>();
  let ready = false;
  const statusNow = (): ServingStatus => (ready ? 'SERVING' : 'NOT_SERVING');
  return {
    statuses: () =>
      new Map<string, ServingStatus>([
        [LIVENESS_NAME, 'SERVING'],
        ...READINESS_NAMES.map((name) => [name, statusNow()] as const),
      ]),
    isReady: () => ready,
    setReady: (next) => {
      if (next === ready) return;
      ready = next;
      for (const name of READINESS_NAMES) for (const listener of listeners) listener(name, statusNow());
    },
    subscribe: (listener) => void listeners.add(listener),
  };
}
