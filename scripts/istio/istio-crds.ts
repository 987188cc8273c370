import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BuildOptions } from '../cluster/kubernetes-binary.ts';
import { downloadModule } from '../cluster/upstream-crds.ts';
import { keepFolder } from '../vllm/kept-folder.ts';
import { ISTIO_MODULE } from './istio-module.ts';

/** Istio's own kinds, and those of the Gateway API in the version that it is built against. */
const FILES = [
  'manifests/charts/base/files/crd-all.gen.yaml',
  'tests/integration/pilot/testdata/gateway-api-crd.yaml',
];

/** The folder of the CRDs that an istiod watches, fetched once with Go. */
export function provideIstioCrds({ shell, cache, say }: BuildOptions): Promise<string> {
  const from = [ISTIO_MODULE.sum, ...FILES];
  return keepFolder({ cache, name: 'istio-crds', from }, async (folder) => {
    say('Fetching the CRDs of Istio and of the Gateway API (once).');
    const source = await downloadModule(ISTIO_MODULE, shell);
    for (const file of FILES) await copyFile(join(source, file), join(folder, basename(file)));
  });
}
