import { join } from 'node:path';
import { keepFolder } from '../vllm/kept-folder.ts';
import type { BuildOptions } from './kubernetes-binary.ts';

/** Checks manifests by the published schemas, and runs Lua as Argo CD does. */
const PACKAGES = ['kubernetes-validate==1.37.0', 'lupa==2.8'];

/** Installs the validators of manifests into the cache, once; resolves with the folder of their programs. */
export async function provideValidators({ shell, cache, say }: BuildOptions): Promise<string> {
  const folder = await keepFolder({ cache, name: 'validators', from: PACKAGES }, async (empty) => {
    say('Installing the validators of manifests (once).');
    await shell.run('python3', ['-m', 'venv', empty]);
    await shell.run(join(empty, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  });
  return join(folder, 'bin');
}
