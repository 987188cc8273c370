import type { GatewayPlan } from '../servers/gateway.ts';

/** The name of a way that a user gives. */
export type WayName = 'headers' | 'bodies' | 'access-log';

/** How Serin learns what became of a request: its flags, and Envoy's set-up. */
export interface Way {
  readonly label: string;
  readonly flags: readonly string[];
  readonly gateway: Pick<GatewayPlan, 'config' | 'processing'>;
}

/** Every way, the one that the others are compared with first. */
export const WAYS: { readonly [name in WayName]: Way } = {
  headers: { label: 'stream, headers only', flags: [], gateway: { config: 'envoy.yaml' } },
  bodies: {
    label: 'stream, response bodies sent',
    flags: [],
    gateway: { config: 'envoy.yaml', processing: { response_body_mode: 'FULL_DUPLEX_STREAMED' } },
  },
  'access-log': {
    label: 'access-log',
    flags: ['--response-signals=access-log'],
    gateway: { config: 'envoy-als.yaml' },
  },
};

/** All names. */
export const WAY_NAMES: readonly WayName[] = Object.keys(WAYS) as WayName[];
