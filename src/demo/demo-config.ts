import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filterPath, renderEnvoyConfig } from '../envoy-binary/render-config.ts';
import { POD_HEADER } from './completions.ts';

/** The project's folder, as seen from `src/demo/` and from `dist/demo/`. */
export const PROJECT = join(import.meta.dirname, '../..');

const ROUTES = ['static_resources', 'listeners', 'serin-ingress', 'filter_chains', 0, 'filters', 0];

/**
 * The shipped `envoy/envoy.yaml` with the demo's ports, on 127.0.0.1 only. Envoy adds the address of the pod that
 * it has connected to, so that the table shows who served and not who was meant to, and sends Serin the responses,
 * so that its live page has tokens to tell.
 */
export async function demoEnvoyConfig(listenerPort: number, serinPort: number): Promise<string> {
  const shipped = await readFile(join(PROJECT, 'envoy', 'envoy.yaml'), 'utf8');
  const header = { header: { key: POD_HEADER, value: '%UPSTREAM_HOST%' } };
  return renderEnvoyConfig(shipped, {
    listener: { host: '127.0.0.1', port: listenerPort },
    adminPort: 0,
    serin: { host: '127.0.0.1', port: serinPort },
    edits: [
      { path: [...ROUTES, 'typed_config', 'route_config', 'response_headers_to_add'], value: [header] },
      {
        path: [...filterPath('envoy.filters.http.ext_proc'), 'processing_mode', 'response_body_mode'],
        value: 'STREAMED',
      },
    ],
  });
}
