import type { HostPort } from '../sources/endpoints/host-port.ts';

/** Where a Serin has `/debug` within reach: in a cluster by a port-forward, and with pods from files. */
export const LOCAL_ADMIN: readonly HostPort[] = [9091, 9090].map((port) => ({ host: '127.0.0.1', port }));
