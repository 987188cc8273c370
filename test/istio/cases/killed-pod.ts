import { expect } from 'vitest';
import { VLLM } from '../../node/vllm.ts';
import type { Case } from '../subject.ts';
import { faultsOfKill } from './kill-container.ts';

/** More than the clients have in flight at a time, since some may be sent to it before it is missed. */
const MOST = 30;

/** Without retries on whatever breaks. */
export const COSTS_WHAT_IT_HAD: Case = {
  title: 'loses no more than what a pod is answering when that is killed',
  run: async ({ client }) => {
    const faults = await faultsOfKill(client, VLLM);
    expect(faults.filter((fault) => !fault.startsWith('503 '))).toEqual([]);
    expect(faults.length).toBeLessThan(MOST);
  },
};

/** With retries on the next pod of Serin's list. */
export const COSTS_NOTHING: Case = {
  title: 'loses no request when a pod is killed',
  run: async ({ client }) => {
    expect(await faultsOfKill(client, VLLM)).toEqual([]);
  },
};

/** What Envoy asks of a Serin that has not answered is not asked again of another. */
export const COSTS_WHAT_IT_DECIDED: Case = {
  title: 'loses no more than what a Serin is deciding when that is killed',
  run: async ({ client }) => {
    const faults = await faultsOfKill(client, 'serin');
    expect(faults.filter((fault) => !fault.startsWith('500 '))).toEqual([]);
    expect(faults.length).toBeLessThan(MOST);
  },
};
