import { join } from 'node:path';
import { expect } from 'vitest';
import { createShell } from '../../../scripts/docker/shell.ts';
import { VLLM } from '../../node/vllm.ts';
import type { Case } from '../subject.ts';

const MAIN = join(import.meta.dirname, '../../../src/main.ts');

interface Report {
  readonly findings: readonly { readonly kind: string; readonly check: string }[];
}

/** The project's own look at the whole of it. */
export const EXAMINED: Case = {
  title: 'is without a fault in the eyes of serin doctor, which looks at the mesh too',
  run: async ({ gateway }) => {
    const shell = createShell(process.env, new AbortController().signal);
    const flags = ['--json', `--pool-name=${VLLM}`, `--envoy-admin=${gateway.adminAddress}`];
    const { stdout } = await shell.try(process.execPath, [MAIN, 'doctor', ...flags]);
    const { findings } = JSON.parse(stdout) as Report;
    expect(findings.filter(({ kind }) => kind === 'fault')).toEqual([]);
    expect(findings.map(({ check }) => check)).toContain('DestinationRule');
  },
};
