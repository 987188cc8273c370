import { join } from 'node:path';
import type { BuildOptions } from '../cluster/kubernetes-binary.ts';
import { keepFolder } from '../vllm/kept-folder.ts';
import { ISTIO_MODULE } from './istio-module.ts';

/** The programs of Istio that the suite runs. */
export interface IstioBinaries {
  /** istiod. */
  readonly discovery: string;
  readonly istioctl: string;
}

const PROGRAMS = ['pilot/cmd/pilot-discovery', 'istioctl/cmd/istioctl'].map(
  (folder) => `${ISTIO_MODULE.path}/${folder}@${ISTIO_MODULE.version}`,
);
/** The tags are those of Istio's own releases. */
const BUILD = [
  '-buildvcs=false',
  '-trimpath',
  '-p=2',
  '-tags',
  'vtprotobuf,disable_pgv',
  '-ldflags',
  '-s -w',
];

/** Builds istiod and istioctl with Go, once; throws with a sentence where there is no Go. */
export async function provideIstio({ shell, cache, say }: BuildOptions): Promise<IstioBinaries> {
  const from = [...PROGRAMS, ...BUILD];
  const folder = await keepFolder({ cache, name: 'istio', from }, async (empty) => {
    if ((await shell.try('go', ['version'])).code !== 0) {
      throw new Error(
        'There is no istiod: install Go 1.26 or newer (https://go.dev/doc/install) to build it once.',
      );
    }
    say(`Building istiod and istioctl into ${empty} (once: about six minutes).`);
    const go = ['go', 'install', ...BUILD, ...PROGRAMS];
    await shell.run('nice', ['-n', '10', 'env', `GOBIN=${empty}`, 'CGO_ENABLED=0', ...go]);
  });
  return { discovery: join(folder, 'pilot-discovery'), istioctl: join(folder, 'istioctl') };
}
