import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findEnvoyHere } from '../../src/envoy-binary/find-envoy-here.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Path of the real Envoy, fetched if it is not there yet. */
export async function realEnvoy(): Promise<string> {
  const signal = new AbortController().signal;
  const found = await findEnvoyHere({ env: process.env, signal, say: () => {}, progress: () => {} });
  if (found.kind === 'missing') throw new Error(found.problem);
  return found.path;
}

/** Text of a config in `envoy/`, as shipped. */
export function shippedConfig(name: 'envoy.yaml' | 'envoy-override-host.yaml'): Promise<string> {
  return readFile(join(ROOT, 'envoy', name), 'utf8');
}
