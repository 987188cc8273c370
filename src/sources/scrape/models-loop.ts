import type { ModelKind } from '../../core/load-view.ts';
import type { Endpoint } from '../../core/snapshot.ts';
import { createWake, pause } from '../files/wake.ts';
import type { GetResult } from './http-get.ts';
import { parseModels } from './parse-models.ts';
import type { ModelsFault, ScrapeDeps } from './scrape-ports.ts';

/** Reads one endpoint's `/v1/models`, apart from its load: a slow list must not delay the figures. */
export interface ModelsLoop {
  /** Reads until the signal aborts, for the first time after so many milliseconds. */
  readonly run: (delayMs: number, signal: AbortSignal) => Promise<void>;
  /** Reads again at once if one of these is new and the pod is not known to serve it. */
  readonly want: (targets: ReadonlySet<string>) => void;
  /** Reads again at once. */
  readonly again: () => void;
}

/** What one read says of the models; undefined says that they are not known. */
interface Read {
  readonly models: ReadonlyMap<string, ModelKind> | undefined;
  readonly fault: ModelsFault | undefined;
}

/** Creates the loop of one endpoint; after the first read the next follow every `modelsIntervalMs` or so. */
export function createModelsLoop(endpoint: Endpoint, deps: ScrapeDeps): ModelsLoop {
  const wake = createWake();
  let served: ReadonlyMap<string, ModelKind> | undefined;
  /** Names that were missing when they last woke the loop, so that a missing adapter wakes it once. */
  let missing: ReadonlySet<string> = new Set();
  let lastFault: ModelsFault | undefined;

  async function ask(signal: AbortSignal): Promise<GetResult> {
    const key = deps.apiKey();
    return deps.get({
      address: endpoint.address,
      path: '/v1/models',
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      timeoutMs: deps.timing.modelsTimeoutMs,
      signal,
    });
  }

  function take({ models, fault }: Read): void {
    served = models;
    deps.table.setModels(endpoint.slot, models);
    if (fault !== undefined && fault !== lastFault) deps.observer.modelsUnknown(endpoint, fault);
    lastFault = fault;
  }

  return {
    run: async (delayMs, signal) => {
      await pause(delayMs, signal);
      // As with scrapes, this keeps the reads of many pods apart.
      for (let part = deps.random(); !signal.aborted; part = 0.95 + 0.1 * deps.random()) {
        const result = await ask(signal);
        if (signal.aborted) return;
        // Nothing listens: whether the pod is gone is the load loop's business, and what it told stays.
        if (result.kind !== 'refused') take(readOf(result));
        await wake.sleep(deps.timing.modelsIntervalMs * part, signal);
      }
    },
    want: (targets) => {
      const unseen = new Set([...targets].filter((target) => served !== undefined && !served.has(target)));
      const isNew = [...unseen].some((target) => !missing.has(target));
      missing = unseen;
      if (isNew) wake.rouse();
    },
    again: wake.rouse,
  };
}

function readOf(result: Exclude<GetResult, { kind: 'refused' }>): Read {
  if (result.kind === 'failed') return { models: undefined, fault: result.reason };
  if (result.status !== 200) return { models: undefined, fault: 'status' };
  const models = parseModels(result.body);
  return { models, fault: models === undefined ? 'unreadable' : undefined };
}
