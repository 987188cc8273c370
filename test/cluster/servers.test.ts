import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { provideServers } from '../../scripts/cluster/servers.ts';
import type { Shell } from '../../scripts/docker/shell.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serin-servers-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A machine on which there is no program at all. */
const BARE: Shell = {
  try: async () => ({ code: 127, stdout: '', stderr: 'not found' }),
  run: async (file) => {
    throw new Error(`${file} was not found`);
  },
};

function provide(assets: string | undefined) {
  return provideServers({
    shell: BARE,
    cache: folder,
    env: { KUBEBUILDER_ASSETS: assets },
    say: () => undefined,
  });
}

describe('the programs of the API server', () => {
  it('are those of KUBEBUILDER_ASSETS, if it is set', async () => {
    for (const name of ['kube-apiserver', 'etcd']) await writeFile(join(folder, name), '');
    expect(await provide(folder)).toEqual({
      apiServer: join(folder, 'kube-apiserver'),
      etcd: join(folder, 'etcd'),
    });
  });

  it('are not looked for elsewhere if that folder lacks one', async () => {
    await writeFile(join(folder, 'etcd'), '');
    await expect(provide(folder)).rejects.toThrow(
      `KUBEBUILDER_ASSETS names a folder without ${join(folder, 'kube-apiserver')}.`,
    );
  });

  it('cannot be had without Go or such a folder, which one sentence says', async () => {
    await expect(provide(undefined)).rejects.toThrow(
      'There is no kube-apiserver: set KUBEBUILDER_ASSETS to the folder of one (as envtest does), or install Go 1.24 or newer, with which it is built once.',
    );
  });

  it('are looked for again after a failure', async () => {
    await expect(provide(undefined)).rejects.toThrow();
    await expect(provide(undefined)).rejects.toThrow('There is no kube-apiserver');
    expect((await readdir(folder)).filter((name) => name === 'complete')).toEqual([]);
  });
});
