import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectl } from '../node/kubectl.ts';

async function withFile<T>(objects: readonly unknown[], work: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'serin-objects-'));
  try {
    const file = join(folder, 'objects.json');
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    return await work(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Applies objects that are no files. */
export async function applyObjects(objects: readonly unknown[]): Promise<void> {
  await withFile(objects, (file) => kubectl('apply', '-f', file));
}

/** Deletes them again, without waiting for what they leave. */
export async function deleteObjects(objects: readonly unknown[]): Promise<void> {
  await withFile(objects, (file) => kubectl('delete', '--wait=false', '-f', file));
}
