import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { explainCommand } from '../../src/commands/explain.ts';
import { askFor, becomeReady, openTls, readPage, startPod, startServing } from '../integration/serving.ts';
import { makeFolder } from '../sources/files/following.ts';
import { runCommand } from './run-command.ts';

const explain = (...argv: readonly string[]) => runCommand(explainCommand, argv);

const POLICY = `apiVersion: inference.networking.x-k8s.io/v1alpha2
kind: InferencePool
metadata: { name: pool }
spec: { targetPortNumber: 8000, selector: { app: vllm } }
---
apiVersion: inference.networking.x-k8s.io/v1alpha2
kind: InferenceModel
metadata: { name: canary }
spec:
  modelName: lora-request
  criticality: Critical
  poolRef: { name: pool }
  targetModels: [{ name: sql-lora, weight: 0 }, { name: sql-lora-2, weight: 3 }]
`;

/** The flags of a Serin with one pod that serves the canary and one that is gone, and the file of its policy. */
async function scene() {
  const policy = join(await makeFolder(), 'policy.yaml');
  await writeFile(policy, POLICY);
  const pod = await startPod(['sql-lora', 'sql-lora-2']);
  return { policy, pod, flags: [`--manifests=${policy}`, `--endpoints=${pod},127.0.0.1:1`] };
}

const reportOf = (policy: string, pod: string) => [
  'model   lora-request',
  'pool    default/pool',
  `rule    InferenceModel default/canary (${policy}:6:1) Critical`,
  expect.stringMatching(/^target {2}sql-lora-2 \(stable\): rolled 0\.\d{4} by chance$/),
  `pick    ${pod}`,
  '',
  'targets',
  expect.stringMatching(/^ +sql-lora +wanted 0 +effective 0 +0\.0 % +\w+$/),
  expect.stringMatching(/^\* +sql-lora-2 +wanted 3 +effective 3 +100\.0 % +\w+$/),
  '',
  'pods',
  expect.stringMatching(new RegExp(`^\\* +${pod} +total [\\d.]+ = .+`)),
  expect.stringMatching(/^ +127\.0\.0\.1:1 +no candidate: dead$/),
];

describe('serin explain', () => {
  test('by manifests and endpoints: scrapes the pods once and prints rule, target and why, and the pick', async () => {
    const { policy, pod, flags } = await scene();
    const { status, lines, stderr } = await explain('--model=lora-request', ...flags);
    expect(stderr).toEqual([]);
    expect(lines).toEqual(reportOf(policy, pod));
    expect(status).toBe(0);
  });

  test('asks a running Serin, whose load, decisions and rolls stay as they are', async () => {
    const { policy, pod, flags } = await scene();
    const serving = startServing(...flags);
    const { grpcPort, metricsPort } = await serving.listening();
    await becomeReady(metricsPort);
    await askFor(openTls(grpcPort), 'lora-request');
    const seen = async () =>
      Promise.all(['/debug/snapshot', '/debug/decisions'].map((path) => readPage(metricsPort, path)));
    const before = await vi.waitFor(async () => {
      const pages = await seen();
      expect(pages[0]?.text).not.toMatch(/"sent": [1-9]/);
      return pages;
    }, 10_000);
    for (let count = 0; count < 3; count += 1) {
      const { status, lines } = await explain('--model=lora-request', `--serin=127.0.0.1:${metricsPort}`);
      expect([status, lines.slice(0, 3)]).toEqual([0, reportOf(policy, pod).slice(0, 3)]);
    }
    expect(await seen()).toEqual(before);
  });

  test('reads the model of a body as a stream would, and keeps the body to itself', async () => {
    const { flags } = await scene();
    const folder = await makeFolder();
    const [body, broken] = [join(folder, 'body.json'), join(folder, 'broken.json')];
    await writeFile(body, '{"prompt":"secret","model":"lora-request"}');
    await writeFile(broken, '{"model":');
    const json = await explain(`--body=${body}`, '-o=json', ...flags);
    expect(JSON.parse(json.lines.join(''))).toMatchObject({ model: 'lora-request', target: 'sql-lora-2' });
    expect(json.lines.join('')).not.toContain('secret');
    expect(await explain(`--body=${broken}`, '-o=json', ...flags)).toMatchObject({
      status: 1,
      lines: [expect.stringContaining('"reason": "malformed_json"')],
    });
    expect(await explain(`--body=${body}`, '--model=other', ...flags)).toMatchObject({
      status: 2,
      stderr: ['serin explain: --body asks for lora-request, and --model for other\n'],
    });
  });

  test('has status 1 for a request that would be refused, and says why', async () => {
    const { flags } = await scene();
    const { status, lines } = await explain('--model=nobody', '--direct-models=none', ...flags);
    expect(status).toBe(1);
    expect(lines.at(-1)).toMatch(/^pick +none: 404 unknown_model: the model "nobody" does not exist/);
  });

  test('has status 2 where nothing answers, and tells what is wrong with manifests', async () => {
    const { policy, pod } = await scene();
    const none = await explain('--model=m', '--serin=127.0.0.1:1');
    expect(none).toMatchObject({ status: 2, stderr: [expect.stringContaining('no Serin answers')] });
    await writeFile(policy, POLICY.replace('weight: 3', 'weight: many'));
    const broken = await explain('--model=lora-request', `--manifests=${policy}`, `--endpoints=${pod}`);
    expect(broken.status).toBe(1);
    expect(broken.stderr[0]).toMatch(/^serin explain: .*weight/);
    expect(broken.lines).toContainEqual(expect.stringMatching(/^rule .* invalid: /));
  });

  test('shows its flags and those of serin serve', async () => {
    const { status, lines } = await explain('--help');
    expect(status).toBe(0);
    expect(lines.join('')).toMatch(/--body FILE[\s\S]+--manifests/);
  });
});
