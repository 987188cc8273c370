import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FLAGS } from '../src/config/flags.ts';
import { REJECTIONS } from '../src/core/rejection.ts';

const ROOT = join(import.meta.dirname, '..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

describe('the README', () => {
  it('lists every reason of a rejection under its status', () => {
    const table = readme.slice(readme.indexOf('| status | reasons |'), readme.indexOf('## Look inside'));
    const rows = [...table.matchAll(/^\| (\d{3}) \| (.+) \|$/gm)];
    const listed = rows.flatMap(([, status, reasons = '']) =>
      [...reasons.matchAll(/`(\w+)`/g)].map(([, reason]) => `${status} ${reason}`),
    );
    const known = Object.entries(REJECTIONS).map(([reason, { status }]) => `${status} ${reason}`);
    expect(listed.sort()).toEqual(known.sort());
  });

  it('names no flag of serve that there is not', () => {
    const names: readonly string[] = Object.values(FLAGS).map(({ name }) => name);
    const ofOthers = [
      'build',
      'enable-force-include-usage',
      'exit',
      'help',
      'json',
      'known-pools',
      'lora-modules',
      'serin',
      'token-file',
      'watch',
      'envoy-admin',
      'service-account',
      'port',
      'requests',
    ];
    const named = [...readme.matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)].map(([, name = '']) => name);
    expect(new Set(named.filter((name) => !names.includes(name) && !ofOthers.includes(name)))).toEqual(
      new Set(),
    );
  });

  it('names files that are there', () => {
    const paths = [...readme.matchAll(/`((?:envoy|examples|manifests)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(paths.length).toBeGreaterThan(4);
  });

  it('gives the thresholds that are the defaults', () => {
    expect(readme).toContain(`more than ${FLAGS.queueThreshold.fallback} requests waiting`);
    expect(readme).toContain(`more than ${FLAGS.kvThreshold.fallback * 100} % of the KV cache`);
  });
});
