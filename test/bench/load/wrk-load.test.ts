import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { completionBody } from '../../../bench/load/completion.ts';
import { findWrk } from '../../../bench/load/find-wrk.ts';
import type { LoadPlan } from '../../../bench/load/plan.ts';
import { createWrkLoad } from '../../../bench/load/wrk-load.ts';
import { createShell } from '../../../scripts/docker/shell.ts';

const { signal } = new AbortController();

async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'serin-wrk-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function program(path: string, lines: readonly string[]): Promise<void> {
  await writeFile(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  await chmod(path, 0o755);
}

const plan: LoadPlan = {
  protocol: 'http',
  port: 4711,
  bodyBytes: 2000,
  connections: 16,
  loop: { kind: 'closed', concurrency: 16, forMs: 1200, requests: 1e6 },
};

test('wrk posts the body for whole seconds, and what it says becomes the result', async () => {
  const folder = await tempFolder();
  const wrk = join(folder, 'wrk');
  const failures = { connect: 0, read: 2, 'status of 400 or more': 3 };
  const said = { requests: 1234, elapsedUs: 2_000_500, p50Us: 1500.5, p99Us: 9000, failures };
  const keep = [`echo "$@" > ${folder}/arguments`, `for last; do :; done`, `cp "$last" ${folder}/body`];
  await program(wrk, [...keep, `echo 'Running 2s test'`, `echo '${JSON.stringify(said)}'`]);
  const load = createWrkLoad({ command: [wrk], version: 'wrk 1' }, createShell(process.env, signal));
  expect(await load(plan)).toEqual({
    requests: 1234,
    failures: { read: 2, 'status of 400 or more': 3 },
    elapsedMs: 2000.5,
    p50Ms: 1.5005,
    p99Ms: 9,
    lateP99Ms: 0,
  });
  expect(await readFile(join(folder, 'arguments'), 'utf8')).toMatch(
    /^-t1 -c16 -d2s --timeout 30s -s \/\S+\/post.lua http:\/\/127.0.0.1:4711\/v1\/completions -- \/\S+\/body\n$/,
  );
  expect(await readFile(join(folder, 'body'))).toEqual(completionBody(2000));
});

test('a wrk on the PATH is used', async () => {
  const folder = await tempFolder();
  await program(join(folder, 'wrk'), ['echo "wrk 4.2.0 [epoll] Copyright (C) 2012 Will Glozer"', 'exit 1']);
  const shell = createShell({ PATH: folder }, signal);
  expect(await findWrk({ shell, cache: folder, isRoot: false, say: () => undefined })).toEqual({
    command: ['wrk'],
    version: 'wrk 4.2.0',
  });
});

test("Debian's is unpacked where there is none, with the library that it needs", async () => {
  const folder = await tempFolder();
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await program(join(bin, 'apt-get'), ['[ "$1" = download ] && /usr/bin/touch wrk_4_amd64.deb']);
  const wrk = `#!/bin/sh\\necho wrk debian/4.1.0 $LD_LIBRARY_PATH\\n`;
  await program(join(bin, 'dpkg-deb'), [
    `/bin/mkdir -p "$3/usr/bin" "$3/usr/lib/some-linux-gnu"`,
    `printf '${wrk}' > "$3/usr/bin/wrk"`,
    `/bin/chmod +x "$3/usr/bin/wrk"`,
  ]);
  for (const [name, path] of [
    ['sh', '/bin/sh'],
    ['env', '/usr/bin/env'],
  ] as const) {
    await program(join(bin, name), [`exec ${path} "$@"`]);
  }
  const shell = createShell({ PATH: bin }, signal);
  const said: string[] = [];
  const cache = join(folder, 'cache');
  const found = await findWrk({ shell, cache, isRoot: true, say: (line) => said.push(line) });
  const command = [
    'env',
    expect.stringMatching(new RegExp(`^LD_LIBRARY_PATH=${cache}/wrk-\\w+/usr/lib/some-linux-gnu$`)),
    expect.stringMatching(new RegExp(`^${cache}/wrk-\\w+/usr/bin/wrk$`)),
  ];
  expect([found, said]).toEqual([
    { command, version: 'wrk debian/4.1.0' },
    ["Unpacking Debian's package wrk (once)."],
  ]);
});

test('where neither can be had there is none', async () => {
  const folder = await tempFolder();
  const shell = createShell({ PATH: folder }, signal);
  const deps = { shell, cache: join(folder, 'cache'), isRoot: true, say: () => undefined };
  expect(await findWrk(deps)).toBeUndefined();
});
