import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filterPath, renderEnvoyConfig } from '../../src/envoy-binary/render-config.ts';
import { type RunningEnvoy, startEnvoy } from '../../src/envoy-binary/start-envoy.ts';

const FOLDER = join(import.meta.dirname, '../../envoy');
const EXT_PROC = filterPath('envoy.filters.http.ext_proc');
/** The connection manager's config, above its list of filters. */
const MANAGER = EXT_PROC.slice(0, -3);

/** What an Envoy leads to, and how. */
export interface GatewayPlan {
  /** Envoy's binary. */
  readonly path: string;
  readonly grpcPort: number;
  /** The shipped set-up; the one whose access log is sent keeps it. */
  readonly config?: 'envoy.yaml' | 'envoy-als.yaml';
  /** Changes of the `processing_mode`, by field. */
  readonly processing?: { readonly [field: string]: string };
}

/** Starts a shipped Envoy set-up in front of one server, in plaintext and without a printed access log. */
export async function startGateway(
  { path, grpcPort, config = 'envoy.yaml', processing = {} }: GatewayPlan,
  signal: AbortSignal,
): Promise<RunningEnvoy> {
  const rendered = renderEnvoyConfig(await readFile(join(FOLDER, config), 'utf8'), {
    listener: { host: '127.0.0.1', port: 0 },
    adminPort: 0,
    serin: { host: '127.0.0.1', port: grpcPort },
    edits: [
      { path: ['static_resources', 'clusters', 'serin', 'transport_socket'], value: undefined },
      ...(config === 'envoy-als.yaml' ? [] : [{ path: [...MANAGER, 'access_log'], value: undefined }]),
      ...Object.entries(processing).map(([field, value]) => ({
        path: [...EXT_PROC, 'processing_mode', field],
        value,
      })),
    ],
  });
  return startEnvoy({ path, config: rendered, concurrency: 1, signal });
}
