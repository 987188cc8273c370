import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../../core/snapshot.ts';
import type { GetResult } from './http-get.ts';
import { parseModels } from './parse-models.ts';
import type { ScrapeDeps, ScrapeFault } from './scrape-ports.ts';

/** Reads one endpoint's `/v1/models`, apart from its load: a slow list must not delay the figures. */
export interface ModelsLoop {
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Reads again at once if the pod is not known to serve one of these. */
  readonly want: (targets: ReadonlySet<string>) => void;
}

/** Creates the loop of one endpoint; its first read is at once, the next every `modelsIntervalMs`. */
export function createModelsLoop(endpoint: Endpoint, deps: ScrapeDeps): ModelsLoop {
  let wake = new AbortController();
  let served: ReadonlyMap<string, unknown> | undefined;
  /** Names that were missing when they last woke the loop, so that a missing adapter wakes it once. */
  let missing: ReadonlySet<string> = new Set();
  let lastFault: ScrapeFault | undefined;

  async function read(signal: AbortSignal): Promise<void> {
    const key = deps.apiKey();
    const headers: { [name: string]: string } = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const { timeoutMs } = deps.timing;
    const result = await deps.get({
      address: endpoint.address,
      path: '/v1/models',
      headers,
      timeoutMs,
      signal,
    });
    if (signal.aborted) return;
    const models = result.kind === 'answered' && result.status === 200 ? parseModels(result.body) : undefined;
    served = models;
    deps.table.setModels(endpoint.slot, models);
    note(models === undefined ? faultOf(result) : undefined);
  }

  function note(fault: ScrapeFault | undefined): void {
    if (fault !== undefined && fault !== lastFault) deps.observer.modelsUnknown(endpoint, fault);
    lastFault = fault;
  }

  return {
    run: async (signal) => {
      while (!signal.aborted) {
        wake = new AbortController();
        await read(signal);
        await sleep(deps.timing.modelsIntervalMs, undefined, {
          signal: AbortSignal.any([signal, wake.signal]),
        }).catch(() => undefined);
      }
    },
    want: (targets) => {
      const unseen = new Set([...targets].filter((target) => served !== undefined && !served.has(target)));
      const isNew = [...unseen].some((target) => !missing.has(target));
      missing = unseen;
      if (isNew) wake.abort();
    },
  };
}

function faultOf(result: GetResult): ScrapeFault {
  switch (result.kind) {
    case 'refused':
      return 'refused';
    case 'failed':
      return result.reason;
    case 'answered':
      return 'status';
  }
}
