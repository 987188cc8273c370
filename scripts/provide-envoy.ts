import { findEnvoyHere } from '../src/envoy-binary/find-envoy-here.ts';
import type { Room } from './run-program.ts';

/** Path of the pinned Envoy, which is fetched if it is not there yet. */
export async function provideEnvoy({ signal, say }: Pick<Room, 'signal' | 'say'>): Promise<string> {
  const found = await findEnvoyHere({ env: process.env, signal, say, progress: () => undefined });
  if (found.kind === 'missing') throw new Error(found.problem);
  return found.path;
}
