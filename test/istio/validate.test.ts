import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createShell, type Ended } from '../../scripts/docker/shell.ts';
import { kubectlOwn, manifests, setting } from '../node/kubectl.ts';

const ISTIO = manifests('istio');
const foldersOf = (path: string) =>
  readdirSync(path).filter((name) => existsSync(join(path, name, 'kustomization.yaml')));

/** Every folder of `manifests/istio`, and every component on the wiring that it goes with. */
const SHIPPED = [
  ...foldersOf(ISTIO).map((folder) => ({ folder, components: [] })),
  ...foldersOf(join(ISTIO, 'components')).map((name) => ({
    folder: name.endsWith('gateway-api') ? 'gateway-api' : 'envoyfilter',
    components: [name],
  })),
];

/** What is true of every EnvoyFilter, and of the certificate that Serin makes itself. */
const KNOWN = ['IST0133', 'IST0129'];
/** The second asks for a label `version`, which says nothing of a Deployment of one version. */
const ALWAYS = [
  /EnvoyFilter exposes internal implementation details that may change at any time/,
  /deployment "serin\/default:" may not provide Istio metrics and telemetry labels/,
  /(has warnings:|is valid)\s*$/,
];

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'serin-istioctl-'));
});
afterAll(() => rm(scratch, { recursive: true }));

const shell = createShell(process.env, new AbortController().signal);
const istioctl = (...args: readonly string[]): Promise<Ended> => shell.try(setting('SERIN_ISTIOCTL'), args);

async function fileOf(written: string): Promise<string> {
  const file = join(scratch, 'manifests.yaml');
  await writeFile(file, written);
  return file;
}

/** The remarks of `istioctl validate`; it ends with 0 whatever it finds, so they are read. */
async function remarks(file: string): Promise<readonly string[]> {
  const { code, stdout, stderr } = await istioctl('validate', '-f', file);
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  const kept = lines.filter((line) => !ALWAYS.some((known) => known.test(line)));
  return code === 0 ? kept : [`status ${code}`, ...kept];
}

describe.each(SHIPPED)('manifests/istio/$folder with $components', ({ folder, components }) => {
  let file: string;
  beforeAll(async () => {
    file = await fileOf(
      await kubectlOwn(['kustomize'], (at) => ({
        resources: [at('serin'), at(`istio/${folder}`)],
        components: components.map((name) => at(`istio/components/${name}`)),
      })),
    );
  });

  it('has no field that istioctl does not know, in no filter within an EnvoyFilter either', async () => {
    expect(await remarks(file)).toEqual([]);
  });

  it('is analysed without a remark but for those that have to be', async () => {
    const { code, stdout, stderr } = await istioctl('analyze', '--use-kube=false', '--output=json', file);
    const messages = JSON.parse(stdout || '[]') as readonly { readonly code: string }[];
    const unexpected = messages.filter((message) => !KNOWN.includes(message.code));
    expect([code, unexpected, /unknown field/i.test(stderr)]).toEqual([0, [], false]);
  });
});

it('would notice a field that there is not', async () => {
  const written = await kubectlOwn(['kustomize'], (at) => ({ resources: [at('istio/envoyfilter')] }));
  const file = await fileOf(written.replace('failure_mode_allow:', 'failure_mode_alow:'));
  expect(await remarks(file)).toEqual([expect.stringContaining('unknown field "failure_mode_alow"')]);
});
