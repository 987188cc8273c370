import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Shell } from '../docker/shell.ts';
import { keepFolder } from '../vllm/kept-folder.ts';
import type { BuildOptions } from './kubernetes-binary.ts';

/** A Go module, pinned. */
export interface GoModule {
  readonly path: string;
  readonly version: string;
  /** What Go's checksum database says of it: a cache or a proxy may not give another content. */
  readonly sum: string;
}

/** A Go module that has CRDs among its files. */
interface CrdModule extends GoModule {
  readonly folder: string;
  /** The folder that its CRDs are kept in. */
  readonly name: string;
}

const EXTENSION = { path: 'sigs.k8s.io/gateway-api-inference-extension', folder: 'config/crd/bases' };

/** The releases of the Gateway API Inference Extension, one of each generation of its kinds. */
export type Generation = 'v0.1.0' | 'v0.5.1' | 'v1.5.0';

const MODULES: readonly CrdModule[] = [
  {
    ...EXTENSION,
    version: 'v0.1.0',
    sum: 'h1:dcXYVuyW1LAk4chYCq1ZFto1NXCK9nh1eADZZCSJP98=',
    name: 'v0.1.0',
  },
  {
    ...EXTENSION,
    version: 'v0.5.1',
    sum: 'h1:OMpt4gKlPWkD+h5kHcZZVh4926kix2DSBPI7X5ntuCA=',
    name: 'v0.5.1',
  },
  {
    ...EXTENSION,
    version: 'v1.5.0',
    sum: 'h1:w9Awt60cmI1vM7Y6N81h8wDCBP0WkmxpdI7GKY0v070=',
    name: 'v1.5.0',
  },
  {
    path: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    sum: 'h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=',
    folder: 'example/prometheus-operator-crd',
    name: 'prometheus-operator',
  },
];

const downloadSchema = z.object({ Dir: z.string(), Sum: z.string() });

/** The folder that holds the CRDs of others, each release's in a folder of its own, fetched once with Go. */
export function provideUpstreamCrds(options: BuildOptions): Promise<string> {
  const { cache, say } = options;
  const from = [JSON.stringify(MODULES)];
  return keepFolder({ cache, name: 'upstream-crds', from }, async (folder) => {
    say('Fetching the CRDs of other projects (once).');
    for (const module of MODULES) await fetchCrds(module, folder, options);
  });
}

async function fetchCrds(module: CrdModule, folder: string, { shell }: BuildOptions): Promise<void> {
  const source = join(await downloadModule(module, shell), module.folder);
  await mkdir(join(folder, module.name));
  await cp(source, join(folder, module.name), { recursive: true });
}

/** Downloads a module with Go and gives its folder; throws if its content is not the pinned one. */
export async function downloadModule(module: GoModule, shell: Shell): Promise<string> {
  const name = `${module.path}@${module.version}`;
  const { code, stdout } = await shell.try('go', ['mod', 'download', '-json', name]);
  if (code !== 0) throw new Error(`CRDs come from ${name}: that takes Go and a network connection, once.`);
  const { Dir, Sum } = downloadSchema.parse(JSON.parse(stdout));
  if (Sum !== module.sum) throw new Error(`${name} does not have the pinned hash.`);
  return Dir;
}
