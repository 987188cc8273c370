import type { Config } from '../config/config.ts';
import type { ModelKind } from '../core/load-view.ts';
import type { Endpoint, Snapshot } from '../core/snapshot.ts';
import { createHttpGet, type GetResult, type HttpGet } from '../sources/scrape/http-get.ts';
import { createKeyFile } from '../sources/scrape/key-file.ts';
import { parseMetrics } from '../sources/scrape/parse-metrics.ts';
import { parseModels } from '../sources/scrape/parse-models.ts';
import { createPodTls } from '../sources/scrape/pod-tls.ts';
import { timingOf } from '../sources/scrape/timing.ts';
import type { ServedModels } from './check-adapters.ts';
import type { PodAnswer, PodFact } from './check-pods.ts';

/** Which pods are asked, and how. */
export interface PodsQuestion {
  readonly config: Config;
  readonly snapshot: Snapshot;
  /** The states in which a running Serin sees its endpoints, by address. */
  readonly seen: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
}

/** What pods answered. */
export interface PodsFacts {
  readonly pods: readonly PodFact[];
  readonly served: ServedModels;
}

interface Ways {
  readonly get: HttpGet;
  /** In the scheme that the flags do not name, whatever the certificate. */
  readonly getOtherwise: HttpGet;
  readonly apiKey: string | undefined;
}

/** Asks every pod for its metrics and models once, as the scraper of `serin serve` does. */
export async function gatherPods(question: PodsQuestion): Promise<PodsFacts> {
  const { config, snapshot, signal } = question;
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  const keyFile = config.modelServerApiKeyFile;
  const ignore = () => undefined;
  const anyTls =
    config.modelServerMetricsScheme === 'http' ? () => ({ rejectUnauthorized: false }) : undefined;
  const ways: Ways = {
    get: createHttpGet(ended, createPodTls(config, ignore)),
    getOtherwise: createHttpGet(ended, anyTls),
    apiKey: keyFile === undefined ? undefined : createKeyFile(keyFile, ignore)(),
  };
  const pools = [...snapshot.pools.values()];
  const endpoints = new Map(
    pools.flatMap((pool) => pool.endpoints.map((endpoint) => [endpoint.address, endpoint])),
  );
  try {
    const asked = await Promise.all(
      [...endpoints.values()].map(async (endpoint) => ({
        pod: await askMetrics(endpoint, ways, question),
        models: await askModels(endpoint, ways, question),
      })),
    );
    const served = asked.flatMap(({ pod, models }) =>
      models === undefined ? [] : [[pod.address, models] as const],
    );
    return { pods: asked.map(({ pod }) => pod), served: new Map(served) };
  } finally {
    stop.abort();
  }
}

async function askMetrics({ address, name }: Endpoint, ways: Ways, question: PodsQuestion): Promise<PodFact> {
  const { config, seen, signal } = question;
  const { modelServerMetricsPath: path, scrapeTimeout: timeoutMs } = config;
  const ask = { address, path, headers: {}, timeoutMs, signal };
  const answer = answerOf(await ways.get(ask));
  const failed = answer.kind === 'failed' || isBadRequest(answer);
  const otherwise = failed ? await ways.getOtherwise(ask) : undefined;
  return {
    ...{ address, name, scheme: config.modelServerMetricsScheme, seenAs: seen.get(address) },
    answer: failed && answer.kind === 'status' ? { kind: 'failed', reason: 'connection' } : answer,
    answersOtherwise: otherwise?.kind === 'answered' && otherwise.status === 200,
  };
}

/** Some servers answer plaintext on a TLS port with 400. */
function isBadRequest(answer: PodAnswer): boolean {
  return answer.kind === 'status' && answer.status === 400;
}

function answerOf(result: GetResult): PodAnswer {
  if (result.kind !== 'answered') return result;
  const { status, body } = result;
  return status === 200 ? { kind: 'page', figures: parseMetrics(body) } : { kind: 'status', status };
}

async function askModels(
  { address }: Endpoint,
  { get, apiKey }: Ways,
  { config, signal }: PodsQuestion,
): Promise<ReadonlyMap<string, ModelKind> | undefined> {
  const result = await get({
    ...{ address, path: '/v1/models', signal, timeoutMs: timingOf(config).modelsTimeoutMs },
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
  });
  return result.kind === 'answered' && result.status === 200 ? parseModels(result.body) : undefined;
}
