import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROFILE_USAGE } from '../../bench/profile/options.ts';
import { replaceBlock } from '../../bench/report/readme-block.ts';
import { RESPONSE_USAGE } from '../../bench/response/options.ts';
import { WAYS } from '../../bench/response/ways.ts';
import { SERVER_NAMES } from '../../bench/servers/kinds.ts';
import { SIMULATION_USAGE } from '../../bench/simulation/options.ts';
import { PARTS, USAGE } from '../../bench/transport/options.ts';

const FOLDER = join(import.meta.dirname, '../../bench');
const text = await readFile(join(FOLDER, 'README.md'), 'utf8');

test('the README names every server and every part', () => {
  for (const name of [...SERVER_NAMES, ...PARTS]) expect(text).toContain(`\`${name}\``);
});

test('the README names every way to learn of requests', () => {
  for (const { label } of Object.values(WAYS)) expect(text).toContain(label);
});

/** Flags of `serin serve` that stand in a table, and of Node. */
const ELSEWHERE = ['--response-signals', '--cpu-prof'];

test('every option that the README names exists', () => {
  const named = new Set([...text.matchAll(/`(?:npm run bench -- \w+ )?(--[\w-]+)/g)].map(([, flag]) => flag));
  expect(
    [...named].filter(
      (flag) =>
        flag !== undefined &&
        ![USAGE, RESPONSE_USAGE, SIMULATION_USAGE, PROFILE_USAGE, ...ELSEWHERE].some((usage) =>
          usage.includes(flag),
        ),
    ),
  ).toEqual([]);
});

test('it has the places where results go, and the picture', async () => {
  expect(replaceBlock(replaceBlock(text, 'transport', ''), 'soak', '')).not.toContain('| 16 KiB');
  expect(await readFile(join(FOLDER, 'transport.svg'), 'utf8')).toContain('<title>CPU of the picker');
});
