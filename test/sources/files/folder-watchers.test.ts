import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFolderWatchers } from '../../../src/sources/files/folder-watchers.ts';
import { eventually, makeFolder } from './following.ts';

test('a folder that cannot be watched makes no error and does not keep others from being watched', async () => {
  const folder = await makeFolder();
  let events = 0;
  const watchers = createFolderWatchers(() => {
    events += 1;
  });
  expect(watchers.update(new Map([[join(folder, 'none'), '1']]))).toBe(false);
  expect(
    watchers.update(
      new Map([
        [join(folder, 'none'), '1'],
        [folder, '2'],
      ]),
    ),
  ).toBe(true);
  expect(watchers.update(new Map([[folder, '2']]))).toBe(false);
  await writeFile(join(folder, 'a'), '');
  await eventually(() => expect(events).toBeGreaterThan(0));
  watchers.close();
});
