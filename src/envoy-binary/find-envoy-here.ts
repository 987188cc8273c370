import { type FindEnvoyResult, findEnvoy } from './find-envoy.ts';
import { runCommand } from './run-command.ts';
import { envoyWheel } from './wheel.ts';

/** Where the search shows what it does. */
export interface EnvoySearch {
  readonly env: { readonly [name: string]: string | undefined };
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly progress: (text: string) => void;
}

/** `findEnvoy` for the machine that this process runs on. */
export function findEnvoyHere(search: EnvoySearch): Promise<FindEnvoyResult> {
  const { platform, arch } = process;
  const wheel = envoyWheel(platform, arch);
  return findEnvoy({ ...search, platform: `${platform}-${arch}`, wheel, run: runCommand });
}
