import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filterPath, renderEnvoyConfig } from '../../src/envoy-binary/render-config.ts';
import { type RunningEnvoy, startEnvoy } from '../../src/envoy-binary/start-envoy.ts';

const SHIPPED = join(import.meta.dirname, '../../envoy/envoy.yaml');
const EXT_PROC = filterPath('envoy.filters.http.ext_proc');
/** The connection manager's config, above its list of filters. */
const MANAGER = EXT_PROC.slice(0, -3);

/** Starts the shipped Envoy set-up in front of one server, in plaintext and without its access log. */
export async function startGateway(
  path: string,
  grpcPort: number,
  signal: AbortSignal,
): Promise<RunningEnvoy> {
  const config = renderEnvoyConfig(await readFile(SHIPPED, 'utf8'), {
    listener: { host: '127.0.0.1', port: 0 },
    adminPort: 0,
    serin: { host: '127.0.0.1', port: grpcPort },
    edits: [
      { path: ['static_resources', 'clusters', 'serin', 'transport_socket'], value: undefined },
      { path: [...MANAGER, 'access_log'], value: undefined },
    ],
  });
  return startEnvoy({ path, config, concurrency: 1, signal });
}
