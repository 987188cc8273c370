import { mkdir, rename, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFileSource } from '../../../src/sources/files/file-source.ts';
import type { ReadFile, ReadItem } from '../../../src/sources/files/last-good.ts';
import { eventually, makeFolder, QUICK, remember, start } from './following.ts';

// The format of these tests: one object a line as `name=value`; `name=!` is a broken object, `?` a broken file.
function parse(path: string, text: string): ReadFile<string> {
  const lines = text.split('\n').filter((line) => line !== '');
  const place = (index: number) => ({ source: path, line: index + 1, column: 1 });
  const problem = (index: number) => ({
    place: place(index),
    object: undefined,
    field: '',
    message: 'is wrong',
  });
  return {
    items: lines.flatMap((line, index): readonly ReadItem<string>[] => {
      const [id = '', value] = line.split('=');
      if (value === undefined) return [];
      if (value === '!') return [{ kind: 'bad', id, problems: [problem(index)], fallback: undefined }];
      return [{ kind: 'good', id, place: place(index), value: line }];
    }),
    broken: lines.flatMap((line, index) => (line === '?' ? [problem(index)] : [])),
    skipped: lines.filter((line) => line === 'skipped'),
  };
}

function follow(folder: string, paths: readonly string[], timing = QUICK) {
  const published: (readonly string[])[] = [];
  const parsed: string[] = [];
  const { report, told, summaries } = remember(folder);
  const source = createFileSource({
    flag: '--files',
    paths,
    accepts: (name) => name.endsWith('.txt'),
    parse: (path, text) => {
      parsed.push(text);
      return parse(path, text);
    },
    publish: (values) => published.push(values),
    report,
    timing,
  });
  const { ended } = start(source);
  return { source, ended, published, parsed, told, summaries };
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.tmp`, text);
  await rename(`${path}.tmp`, path);
}

// Only events can show a change before this poll.
const EVENTS_ONLY = { ...QUICK, pollMs: 60_000 };

describe('createFileSource', () => {
  test('reads the accepted files of folders and of the folders below them in the order of their paths', async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, 'sub'));
    await mkdir(join(folder, '.git'));
    await writeFile(join(folder, 'z.txt'), 'z=1\nskipped\nskipped\n');
    await writeFile(join(folder, 'sub/a.txt'), 'a=1\n');
    await writeFile(join(folder, 'note.md'), 'n=1\n');
    await writeFile(join(folder, '.git/h.txt'), 'h=1\n');
    const { source, published, summaries } = follow(folder, [folder]);
    await source.firstRead;
    expect(published).toEqual([['a=1', 'z=1']]);
    expect(summaries).toEqual([{ files: 2, objects: 2, problems: 0, skipped: new Map([['skipped', 2]]) }]);
  });

  test('reads a file that is given by name whatever it is called, and once if it is given twice', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.txt'), 'a=1\n');
    await writeFile(join(folder, 'b'), 'b=1\n');
    const { source, published } = follow(folder, [join(folder, 'b'), folder, join(folder, 'a.txt')]);
    await source.firstRead;
    expect(published).toEqual([['a=1', 'b=1']]);
  });

  test('ends with a clear error if a given path does not exist', async () => {
    const folder = await makeFolder();
    const missing = join(folder, 'missing');
    const { source, ended } = follow(folder, [folder, missing]);
    await expect(ended).rejects.toThrow(`--files: ${missing}: no such file or directory`);
    await expect(source.firstRead).rejects.toThrow('no such file or directory');
  });

  test.each([
    ['by its events', EVENTS_ONLY],
    ['by looking', { ...QUICK, pollMs: 20 }],
  ])('sees in-place writes, renames over a file, new files and deleted ones %s', async (_, timing) => {
    const folder = await makeFolder();
    const a = join(folder, 'a.txt');
    await writeFile(a, 'a=1\n');
    const { source, published } = follow(folder, [folder], timing);
    await source.firstRead;
    await writeFile(a, 'a=2\n');
    await eventually(() => expect(published.at(-1)).toEqual(['a=2']));
    await replace(a, 'a=3\n');
    await eventually(() => expect(published.at(-1)).toEqual(['a=3']));
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'sub/b.txt'), 'b=1\n');
    await eventually(() => expect(published.at(-1)).toEqual(['a=3', 'b=1']));
    await unlink(a);
    await eventually(() => expect(published.at(-1)).toEqual(['b=1']));
  });

  test('sees an edit of a single file that is given by name', async () => {
    const folder = await makeFolder();
    const a = join(folder, 'a.txt');
    await writeFile(a, 'a=1\n');
    const { source, published } = follow(folder, [a], EVENTS_ONLY);
    await source.firstRead;
    await replace(a, 'a=2\n');
    await eventually(() => expect(published.at(-1)).toEqual(['a=2']));
    await unlink(a);
    await eventually(() => expect(published.at(-1)).toEqual([]));
    await writeFile(a, 'a=3\n');
    await eventually(() => expect(published.at(-1)).toEqual(['a=3']));
  });

  test.each([
    ['a folder', (mount: string) => [mount]],
    ['its files', (mount: string) => [join(mount, 'a.txt'), join(mount, 'b.txt')]],
  ])('sees the swap of a ConfigMap mounted as %s', async (_, pathsIn) => {
    const mount = await makeFolder();
    const version = async (name: string, value: string) => {
      await mkdir(join(mount, name));
      await writeFile(join(mount, name, 'a.txt'), `a=${value}\n`);
      await writeFile(join(mount, name, 'b.txt'), `b=${value}\n`);
    };
    await version('..v1', '1');
    await symlink('..v1', join(mount, '..data'));
    await symlink('..data/a.txt', join(mount, 'a.txt'));
    await symlink('..data/b.txt', join(mount, 'b.txt'));
    const { source, published } = follow(mount, pathsIn(mount), EVENTS_ONLY);
    await source.firstRead;
    expect(published).toEqual([['a=1', 'b=1']]);
    await version('..v2', '2');
    await symlink('..v2', join(mount, '..data_tmp'));
    await rename(join(mount, '..data_tmp'), join(mount, '..data'));
    await rm(join(mount, '..v1'), { recursive: true });
    await eventually(() => expect(published.at(-1)).toEqual(['a=2', 'b=2']));
  });

  test('sees an edit that no watched folder has an event for', async () => {
    const folder = await makeFolder();
    const elsewhere = join(await makeFolder(), 'a.txt');
    await writeFile(elsewhere, 'a=1\n');
    await symlink(elsewhere, join(folder, 'a.txt'));
    const { source, published } = follow(folder, [folder]);
    await source.firstRead;
    await writeFile(elsewhere, 'a=2\n');
    await eventually(() => expect(published.at(-1)).toEqual(['a=2']));
  });

  test('sees a folder that is replaced, and edits in the new one', async () => {
    const parent = await makeFolder();
    const folder = join(parent, 'live');
    await mkdir(folder);
    await writeFile(join(folder, 'a.txt'), 'a=1\n');
    const { source, published } = follow(parent, [folder], EVENTS_ONLY);
    await source.firstRead;
    await mkdir(join(parent, 'next'));
    await writeFile(join(parent, 'next/a.txt'), 'a=2\n');
    await rename(folder, join(parent, 'old'));
    await rename(join(parent, 'next'), folder);
    await eventually(() => expect(published.at(-1)).toEqual(['a=2']));
    await writeFile(join(folder, 'a.txt'), 'a=3\n');
    await eventually(() => expect(published.at(-1)).toEqual(['a=3']));
  });

  test('follows links to folders and does not follow them round in a circle', async () => {
    const folder = await makeFolder();
    const other = await makeFolder();
    await writeFile(join(other, 'o.txt'), 'o=1\n');
    await symlink(other, join(folder, 'link'));
    await symlink(folder, join(other, 'back'));
    await symlink('nowhere', join(folder, 'dangling.txt'));
    const { source, published, told } = follow(folder, [folder]);
    await source.firstRead;
    expect(published).toEqual([['o=1']]);
    expect(told).toEqual([]);
  });

  test('keeps the last good version of a broken object, tells its place once, and takes the rest of the edit', async () => {
    const folder = await makeFolder();
    const path = join(folder, 'a.txt');
    await writeFile(path, 'a=1\nb=1\n');
    const { source, published, told, summaries } = follow(folder, [folder]);
    await source.firstRead;
    await writeFile(path, 'a=!\nb=2\n');
    await eventually(() => expect(published.at(-1)).toEqual(['a=1', 'b=2']));
    await writeFile(path, 'b=3\na=!\n');
    await eventually(() => expect(published.at(-1)).toEqual(['b=3', 'a=1']));
    expect(told).toEqual(['problem a.txt:1:1: is wrong']);
    expect(summaries.at(-1)).toEqual({ files: 1, objects: 2, problems: 1, skipped: new Map() });
    await writeFile(path, 'b=3\na=4\n');
    await eventually(() => expect(published.at(-1)).toEqual(['b=3', 'a=4']));
    expect(told).toEqual(['problem a.txt:1:1: is wrong', 'recovered a.txt:2:1: is wrong']);
  });

  test('keeps all objects of a file that cannot be parsed', async () => {
    const folder = await makeFolder();
    const path = join(folder, 'a.txt');
    await writeFile(path, 'a=1\nb=1\n');
    const { source, published, told } = follow(folder, [folder]);
    await source.firstRead;
    await writeFile(path, 'a=2\n?\n');
    await eventually(() => expect(published.at(-1)).toEqual(['a=2', 'b=1']));
    expect(told).toEqual(['problem a.txt:2:1: is wrong']);
  });

  test('keeps all objects of a file that is there and cannot be read', async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'sub/a.txt'), 'a=1\n');
    await writeFile(join(folder, 'b.txt'), 'b=1\n');
    const { source, published, told } = follow(folder, [folder]);
    await source.firstRead;
    await rm(join(folder, 'b.txt'));
    await symlink('b.txt', join(folder, 'b.txt'));
    await eventually(() =>
      expect(told).toEqual(["problem b.txt:1:1: ELOOP: too many symbolic links encountered, stat 'b.txt'"]),
    );
    expect(published.at(-1)).toEqual(['a=1', 'b=1']);
    await rm(join(folder, 'b.txt'));
    await eventually(() => expect(published.at(-1)).toEqual(['a=1']));
    expect(told).toHaveLength(2);
  });

  test('does not take a file that is being written for one that lost its objects', async () => {
    const folder = await makeFolder();
    const path = join(folder, 'a.txt');
    await writeFile(path, 'a=1\nb=1\n');
    const timing = { ...QUICK, confirmMs: 3000 };
    const { source, published, parsed, told } = follow(folder, [folder], timing);
    await source.firstRead;
    await truncate(path, 0);
    await eventually(() => expect(parsed.at(-1)).toBe(''));
    await writeFile(path, 'a=2\nb=2\n');
    await eventually(() => expect(published.at(-1)).toEqual(['a=2', 'b=2']));
    expect(published).toEqual([
      ['a=1', 'b=1'],
      ['a=2', 'b=2'],
    ]);
    expect(told).toEqual([]);
  });

  test('publishes nothing when a file is touched or written with the same text', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.txt'), 'a=1\n');
    const { source, published } = follow(folder, [folder]);
    await source.firstRead;
    await replace(join(folder, 'a.txt'), 'a=1\n');
    await replace(join(folder, 'b.txt'), 'b=1\n');
    await eventually(() => expect(published.at(-1)).toEqual(['a=1', 'b=1']));
    await replace(join(folder, 'b.txt'), 'b=1\n');
    await replace(join(folder, 'c.txt'), 'c=1\n');
    await eventually(() => expect(published.at(-1)).toEqual(['a=1', 'b=1', 'c=1']));
    expect(published).toHaveLength(3);
  });

  test('passes over folders that have the name of a file', async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, 'dir.txt'));
    await writeFile(join(folder, 'dir.txt/a.txt'), 'a=1\n');
    const { source, published } = follow(folder, [folder]);
    await source.firstRead;
    expect(published).toEqual([['a=1']]);
  });

  test('tells if a given path is neither a file nor a folder, and reads the others', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.txt'), 'a=1\n');
    const { source, published, told } = follow(folder, [folder, '/dev/null']);
    await source.firstRead;
    expect(published).toEqual([['a=1']]);
    expect(told).toEqual(['problem /dev/null:1:1: is neither a file nor a folder']);
  });

  test('leaves no watch behind when it is stopped', async () => {
    const resources = () => process.getActiveResourcesInfo();
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.txt'), 'a=1\n');
    const stop = new AbortController();
    const { report } = remember(folder);
    const source = createFileSource({
      flag: '--files',
      paths: [folder],
      accepts: () => true,
      parse,
      publish: () => undefined,
      report,
    });
    const running = source.run(stop.signal);
    await source.firstRead;
    expect(resources()).toContain('FSEventWrap');
    stop.abort();
    await running;
    await eventually(() => expect(resources()).not.toContain('FSEventWrap'));
  });
});
