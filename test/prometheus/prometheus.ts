import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { freePort } from '../../src/demo/free-port.ts';
import { supervise } from '../../src/envoy-binary/supervise.ts';

const SHIPPED = join(import.meta.dirname, '../../manifests/prometheus');

/** A pod as the cluster tells it to Prometheus. */
export interface ScrapedPod {
  readonly name: string;
  readonly app: string;
  readonly port: number;
}

/** One series of an answer, with its values in order; an instant query gives one. */
export interface FoundSeries {
  readonly labels: { readonly [name: string]: string };
  readonly points: readonly Point[];
}

/** A value and its time in seconds since the epoch. */
export interface Point {
  readonly atS: number;
  readonly value: number;
}

/** A real Prometheus with the shipped config and rules. */
export interface Prometheus {
  readonly query: (expr: string) => Promise<readonly FoundSeries[]>;
  readonly queryRange: (expr: string, range: TimeRange) => Promise<readonly FoundSeries[]>;
  /** `name: error` of every rule that cannot be evaluated. */
  readonly brokenRules: () => Promise<readonly string[]>;
  readonly rules: () => Promise<number>;
}

/** A stretch of time in seconds since the epoch, and the step between two points. */
export interface TimeRange {
  readonly fromS: number;
  readonly toS: number;
  readonly stepS: number;
}

/**
 * The shipped config for pods that a file names: Debian builds Prometheus without the discovery of Kubernetes, so the
 * file brings the labels that discovery would give, and the shipped relabelling makes of them what it makes there.
 */
export async function configFor(folder: string): Promise<string> {
  const config = parse(await readFile(join(SHIPPED, 'prometheus.yaml'), 'utf8'));
  const [job] = config.scrape_configs;
  const { kubernetes_sd_configs: _, ...rest } = job;
  return stringify({
    ...config,
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(SHIPPED, 'rules.yaml')],
    scrape_configs: [{ ...rest, file_sd_configs: [{ files: [join(folder, 'pods.json')] }] }],
  });
}

/** Starts a Prometheus that scrapes these pods every second, and resolves when it answers. */
export async function startPrometheus(pods: readonly ScrapedPod[], signal: AbortSignal): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'serin-prometheus-'));
  const config = join(folder, 'prometheus.yaml');
  await writeFile(join(folder, 'pods.json'), JSON.stringify(pods.map(discovered)));
  await writeFile(config, await configFor(folder));
  const port = await freePort();
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`];
  const child = spawn('prometheus', [...args, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'pipe' });
  const exited = supervise(child, { signal, onLine: () => undefined });
  signal.addEventListener(
    'abort',
    () => void exited.then(() => rm(folder, { recursive: true, force: true })),
  );
  const url = `http://127.0.0.1:${port}`;
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error(`prometheus ended: ${JSON.stringify(await exited)}`);
    await sleep(50);
  }
  return createApi(url);
}

function discovered({ name, app, port }: ScrapedPod): object {
  return {
    targets: [`127.0.0.1:${port}`],
    labels: {
      __meta_kubernetes_namespace: 'default',
      __meta_kubernetes_pod_annotation_prometheus_io_path: '/metrics',
      __meta_kubernetes_pod_annotation_prometheus_io_port: `${port}`,
      __meta_kubernetes_pod_annotation_prometheus_io_scrape: 'true',
      __meta_kubernetes_pod_ip: '127.0.0.1',
      __meta_kubernetes_pod_label_app: app,
      __meta_kubernetes_pod_name: name,
      __meta_kubernetes_pod_phase: 'Running',
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/-/ready`)).ok;
  } catch {
    return false;
  }
}

function createApi(url: string): Prometheus {
  async function ask(path: string, parameters: Readonly<Record<string, string>>): Promise<Answer['data']> {
    const response = await fetch(`${url}/api/v1/${path}`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
    });
    const answer = (await response.json()) as Answer;
    if (answer.status !== 'success') throw new Error(`${JSON.stringify(parameters)}: ${answer.error}`);
    return answer.data;
  }
  async function rules(): Promise<readonly Rule[]> {
    const answer = (await (await fetch(`${url}/api/v1/rules`)).json()) as Rules;
    return answer.data.groups.flatMap((group) => group.rules);
  }
  return {
    query: async (query) => (await ask('query', { query })).result.map(seriesOf),
    queryRange: async (query, { fromS, toS, stepS }) => {
      const range = { start: `${fromS}`, end: `${toS}`, step: `${stepS}` };
      return (await ask('query_range', { query, ...range })).result.map(seriesOf);
    },
    brokenRules: async () =>
      (await rules())
        .filter(({ health }) => health !== 'ok')
        .map(({ name, lastError }) => `${name}: ${lastError}`),
    rules: async () => (await rules()).length,
  };
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: readonly Result[] };
}

interface Result {
  readonly metric: { readonly [name: string]: string };
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

interface Rules {
  readonly data: { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
}

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

function seriesOf({ metric, value, values = value === undefined ? [] : [value] }: Result): FoundSeries {
  return { labels: metric, points: values.map(([atS, text]) => ({ atS, value: Number(text) })) };
}
