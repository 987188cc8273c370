import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { keepFolder } from '../vllm/kept-folder.ts';
import type { BuildOptions } from './kubernetes-binary.ts';

/** The releases of the upstream module, one of each generation of its kinds. */
export const GENERATIONS = ['v0.1.0', 'v0.5.1', 'v1.5.0'] as const;

/** One of the upstream releases. */
export type Generation = (typeof GENERATIONS)[number];

const MODULE = 'sigs.k8s.io/gateway-api-inference-extension';
const downloadSchema = z.object({ Dir: z.string(), Sum: z.string() });

/** What Go's checksum database says of the modules: a cache or a proxy may not give another content. */
const SUMS: { readonly [generation in Generation]: string } = {
  'v0.1.0': 'h1:dcXYVuyW1LAk4chYCq1ZFto1NXCK9nh1eADZZCSJP98=',
  'v0.5.1': 'h1:OMpt4gKlPWkD+h5kHcZZVh4926kix2DSBPI7X5ntuCA=',
  'v1.5.0': 'h1:w9Awt60cmI1vM7Y6N81h8wDCBP0WkmxpdI7GKY0v070=',
};

/** The folder that holds the upstream CRDs of each generation in a folder of its name, fetched once with Go. */
export function provideUpstreamCrds(options: BuildOptions): Promise<string> {
  const { cache, say } = options;
  const from = [MODULE, ...Object.entries(SUMS).flat()];
  return keepFolder({ cache, name: 'upstream-crds', from }, async (folder) => {
    say(`Fetching the CRDs of ${MODULE} (once).`);
    for (const generation of GENERATIONS) await fetchCrds(generation, folder, options);
  });
}

async function fetchCrds(generation: Generation, folder: string, { shell }: BuildOptions): Promise<void> {
  const module = `${MODULE}@${generation}`;
  const { code, stdout } = await shell.try('go', ['mod', 'download', '-json', module]);
  if (code !== 0) {
    throw new Error(`The upstream CRDs come from ${module}: that takes Go and a network connection, once.`);
  }
  const { Dir, Sum } = downloadSchema.parse(JSON.parse(stdout));
  if (Sum !== SUMS[generation]) throw new Error(`${module} does not have the pinned hash.`);
  await mkdir(join(folder, generation));
  await cp(join(Dir, 'config/crd/bases'), join(folder, generation), { recursive: true });
}
