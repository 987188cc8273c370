import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Member } from '../../../src/core/members.ts';
import { createEndpointsFileSource } from '../../../src/sources/endpoints/endpoints-file-source.ts';
import { eventually, makeFolder, QUICK, remember, start } from '../files/following.ts';

async function follow(text: string) {
  const folder = await makeFolder();
  const path = join(folder, 'endpoints.yaml');
  await writeFile(path, text);
  const published: (readonly Member[])[] = [];
  const { report, told } = remember(folder);
  const source = createEndpointsFileSource({
    path,
    publish: (members) => published.push(members),
    report,
    timing: QUICK,
  });
  start(source);
  const last = () => published.at(-1)?.map(({ name, ip, port }) => [name, ip, port]);
  return { path, source, last, told };
}

test('members follow the file, and a broken entry keeps its last good version', async () => {
  const { path, source, last, told } = await follow(
    'endpoints:\n- { name: a, address: 10.0.0.1, port: 1 }\n',
  );
  await source.firstRead;
  expect(last()).toEqual([['a', '10.0.0.1', 1]]);
  await writeFile(
    `${path}.tmp`,
    'endpoints:\n- { name: a, address: 10.0.0, port: 1 }\n- { name: b, address: 10.0.0.2, port: 2 }\n',
  );
  await rename(`${path}.tmp`, path);
  await eventually(() =>
    expect(last()).toEqual([
      ['a', '10.0.0.1', 1],
      ['b', '10.0.0.2', 2],
    ]),
  );
  expect(told).toEqual([
    'problem endpoints.yaml:2:14: endpoints[0].address: is not an IP address; use --endpoints-dns for a host name',
  ]);
  await writeFile(path, 'endpoints:\n- { name: b, address: 10.0.0.2, port: 3 }\n');
  await eventually(() => expect(last()).toEqual([['b', '10.0.0.2', 3]]));
});

test('a file that does not exist is a clear error', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'none.yaml');
  const source = createEndpointsFileSource({
    path,
    publish: () => undefined,
    report: remember(folder).report,
  });
  await expect(start(source).ended).rejects.toThrow(`--endpoints-file: ${path}: no such file or directory`);
});

test('a folder in the place of the file is told', async () => {
  const folder = await makeFolder();
  const { report, told } = remember(folder);
  const source = createEndpointsFileSource({ path: join(folder, '.'), publish: () => undefined, report });
  start(source);
  await source.firstRead;
  expect(told).toEqual([expect.stringMatching(/is a folder$/)]);
});
