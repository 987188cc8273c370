import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { doctorCommand } from '../../src/commands/doctor.ts';
import { startPod, startServing } from '../integration/serving.ts';
import { createAuthority } from '../server/certificates.ts';
import { makeFolder } from '../sources/files/following.ts';
import { runCommand } from './run-command.ts';

const doctor = (...argv: readonly string[]) => runCommand(doctorCommand, argv);

const MANIFESTS = (weights: string) => `apiVersion: inference.networking.x-k8s.io/v1alpha2
kind: InferencePool
metadata: { name: pool }
spec: { targetPortNumber: 8000, selector: { app: vllm } }
---
apiVersion: inference.networking.x-k8s.io/v1alpha2
kind: InferenceModel
metadata: { name: m }
spec: { modelName: m, poolRef: { name: pool }, targetModels: ${weights} }
`;

async function manifests(weights: string): Promise<string> {
  const file = join(await makeFolder(), 'policy.yaml');
  await writeFile(file, MANIFESTS(weights));
  return file;
}

describe('serin doctor', () => {
  test('takes the flags of serin serve and its own, and tells everything that is wrong with them', async () => {
    const { status, lines, stderr } = await doctor(
      '--serin=x:y',
      '--envoy-admin',
      'z',
      '--service-account=a',
      '--wha',
    );
    expect({ status, lines }).toEqual({ status: 2, lines: [] });
    expect(stderr).toEqual([
      'serin doctor: --wha: no such flag\n',
      'serin doctor: no pods: give --pool-name in a cluster, or --endpoints, --endpoints-file or --endpoints-dns\n',
      'serin doctor: --serin=x:y: host:port expected\n',
      'serin doctor: --envoy-admin=z: host:port expected\n',
      'serin doctor: --service-account=a: namespace/name expected\n',
    ]);
  });

  test('tells its flags and those of serin serve', async () => {
    const { status, lines } = await doctor('--help');
    expect(status).toBe(0);
    expect(lines.join('\n')).toMatch(
      /--serin HOST[\s\S]*--envoy-admin[\s\S]*--service-account[\s\S]*--pool-name/,
    );
  });

  test('looks at pods and policy of files alone, and ends with status 0 where nothing is broken', async () => {
    const pod = await startPod(['a']);
    const file = await manifests('[{ name: a, weight: 1 }]');
    expect(await doctor('--manifests', file, '--endpoints', pod)).toEqual({
      status: 0,
      stderr: [],
      lines: [
        'ok      policy: the InferencePool default/pool: endpoints 1, models m',
        expect.stringMatching(
          /^warning pod metrics: .*lacks vllm:num_requests_running, vllm:kv_cache_usage_perc/,
        ),
        'ok      adapters: every pod of default/pool serves every target of its 1 models',
        'faults: 0; warnings: 1; ok: 2',
      ],
    });
  });

  test('tells broken objects and missing adapters as JSON, and ends with status 1', async () => {
    const pod = await startPod(['a']);
    const broken = await manifests('[{ name: a, weight: -1 }]');
    const missing = await manifests('[{ name: b, weight: 1 }]');
    const faultsOf = async (file: string) => {
      const { status, lines } = await doctor('--json', '--manifests', file, `--endpoints=${pod}`);
      const { ok, findings } = JSON.parse(lines[0] ?? '');
      expect({ ok, status, lines: lines.length }).toEqual({ ok: false, status: 1, lines: 1 });
      return findings.flatMap(({ kind, message }: { readonly kind: string; readonly message: string }) =>
        kind === 'fault' ? [message] : [],
      );
    };
    expect(await faultsOf(broken)).toEqual([
      `${broken}:9:74: spec.targetModels[0].weight: must be at least 0`,
    ]);
    expect(await faultsOf(missing)).toEqual(['b: no pod of default/pool serves it; a share of m gets 503']);
  });

  test('finds that pods speak TLS, and that a file for it is not there', async () => {
    const server = createServer(await createAuthority('vllm'), (_, response) =>
      response.end('vllm:num_requests_waiting 0\n'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const flags = ['--manifests', await manifests('[{ name: a, weight: 1 }]'), `--endpoints=${endpoint}`];
    expect((await doctor(...flags)).lines).toContain(
      `fault   pod metrics: ${endpoint}: no answer over http, but one over https; fix: --model-server-metrics-scheme=https`,
    );
    const https = [...flags, '--model-server-metrics-scheme=https'];
    expect((await doctor(...https)).status).toBe(0);
    expect((await doctor(...https, '--model-server-ca-file=/none')).lines).toContainEqual(
      expect.stringMatching(/^fault {3}pod metrics: .*\/none/),
    );
  });

  test('asks a running Serin for its pages and its gRPC port', async () => {
    const pod = await startPod(['a']);
    const flags = ['--manifests', await manifests('[{ name: a, weight: 1 }]'), `--endpoints=${pod}`];
    const { grpcPort, metricsPort } = await startServing(...flags).listening();
    const asked = [...flags, `--serin=127.0.0.1:${metricsPort}`, `--grpc-port=${grpcPort}`];
    const { lines } = await doctor(...asked);
    expect(lines).toContain(
      `ok      TLS: 127.0.0.1:${grpcPort} answers over TLS, with a certificate of its own making`,
    );
    expect(lines).toContainEqual(expect.stringMatching(/^warning body mode: Serin has seen no request/));
    const alone = [...flags, '--serin=127.0.0.1', `--metrics-port=${metricsPort}`, `--grpc-port=${grpcPort}`];
    expect((await doctor(...alone)).lines).toEqual(lines);
  });

  test('tells what does not answer at all', async () => {
    const flags = ['--endpoints=127.0.0.1:1', '--pool-name=p', '--serin=127.0.0.1:1', '--grpc-port=1'];
    const { status, lines } = await doctor(...flags, '--envoy-admin=127.0.0.1:1');
    expect(status).toBe(1);
    const faults = lines.filter((line) => line.startsWith('fault ')).map((line) => line.split(';')[0]);
    expect(faults).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^fault {3}Serin: 127.0.0.1:1: /),
        expect.stringMatching(/^fault {3}TLS: 127.0.0.1:1: no gRPC/),
        expect.stringMatching(/^fault {3}Envoy: 127.0.0.1:1: /),
      ]),
    );
  });

  test('without a cluster it says how one is named', async () => {
    const { lines } = await doctor('--pool-name=p', '--kubeconfig=/none');
    expect(lines.filter((line) => line.startsWith('fault '))).toEqual([
      expect.stringMatching(/^fault {3}cluster: --kubeconfig: ENOENT.*; fix: /),
      expect.stringMatching(/^fault {3}policy: kubernetes: not read \(--kubeconfig: ENOENT/),
    ]);
  });

  test('is a command of serin, whose exit status it is', async () => {
    const main = join(import.meta.dirname, '../../src/main.ts');
    const run = promisify(execFile)(process.execPath, [
      main,
      'doctor',
      '--endpoints=127.0.0.1:1',
      '--pool-name=p',
    ]);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining(
        'fault   pod metrics: 127.0.0.1:1: /metrics: nothing listens there; fix: ',
      ),
    });
  });
});
