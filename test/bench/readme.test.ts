import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALL_USAGE } from '../../bench/all.ts';
import { LATENCY_USAGE } from '../../bench/latency/options.ts';
import { MICRO_USAGE } from '../../bench/micro/micro.ts';
import { PROFILE_USAGE } from '../../bench/profile/options.ts';
import { replaceBlock } from '../../bench/report/readme-block.ts';
import { RESPONSE_USAGE } from '../../bench/response/options.ts';
import { WAYS } from '../../bench/response/ways.ts';
import { SERVER_NAMES } from '../../bench/servers/kinds.ts';
import { SIMULATION_USAGE } from '../../bench/simulation/options.ts';
import { TARGETS_USAGE } from '../../bench/targets/options.ts';
import { PARTS, USAGE } from '../../bench/transport/options.ts';

const FOLDER = join(import.meta.dirname, '../../bench');
const text = await readFile(join(FOLDER, 'README.md'), 'utf8');

test('the README names every server and every part', () => {
  for (const name of [...SERVER_NAMES, ...PARTS]) expect(text).toContain(`\`${name}\``);
});

test('the README names every way to learn of requests', () => {
  for (const { label } of Object.values(WAYS)) expect(text).toContain(label);
});

/** Flags of `serin serve`, of Node and of a peer that it names. */
const ELSEWHERE = ['--response-signals', '--cpu-prof', '--secure-serving', '--config-text'];

const USAGES = [
  USAGE,
  RESPONSE_USAGE,
  SIMULATION_USAGE,
  PROFILE_USAGE,
  TARGETS_USAGE,
  LATENCY_USAGE,
  MICRO_USAGE,
  ALL_USAGE,
  ...ELSEWHERE,
];

test('every option that the README names exists', () => {
  const named = new Set([...text.matchAll(/`(?:npm run bench -- \w+ )?(--[\w-]+)/g)].map(([, flag]) => flag));
  expect(
    [...named].filter((flag) => flag !== undefined && !USAGES.some((usage) => usage.includes(flag))),
  ).toEqual([]);
});

test('it has the places where results go', () => {
  const names = [
    'targets',
    'peer',
    'latency',
    'json-scan',
    'codec',
    'pick',
    'snapshot',
    'scrape',
    'transport',
    'soak',
  ];
  const bare = [...names, 'response'].reduce((left, name) => replaceBlock(left, name, ''), text);
  expect(bare).not.toMatch(/^\| +(10000|1 KiB|write|node:http2|10 %)/m);
  expect(text).toMatch(/^\| +(10000|1 KiB|write|node:http2|10 %)/m);
});

test('it has the pictures', async () => {
  const pictures = new Map([
    ['transport', 'CPU of the picker for one request'],
    ['latency', 'Latency against load'],
    ['pick', 'One pick, by the size of the pool'],
  ]);
  for (const [name, title] of pictures) {
    expect(text).toContain(`](${name}.svg)`);
    expect(await readFile(join(FOLDER, `${name}.svg`), 'utf8')).toContain(`<title>${title}`);
  }
});
