import { join } from 'node:path';
import { expect } from 'vitest';
import { createShell } from '../../../scripts/docker/shell.ts';
import type { Client } from '../../e2e/client.ts';
import { kubectl, podNames, rolledOut, setting } from '../../node/kubectl.ts';
import { more, startTraffic } from '../../node/traffic.ts';
import { VLLM } from '../../node/vllm.ts';
import type { Case } from '../subject.ts';

/** Kills the process of a pod's container, as the kernel does when memory runs out. */
async function killContainer(pod: string): Promise<void> {
  const path = 'jsonpath={.status.containerStatuses[0].containerID}';
  const id = (await kubectl('get', 'pod', pod, '-o', path)).replace('containerd://', '');
  const socket = join(setting('SERIN_NODE_FOLDER'), 'containerd.sock');
  const shell = createShell(process.env, new AbortController().signal);
  await shell.run('ctr', ['-a', socket, '-n', 'k8s.io', 'tasks', 'kill', '--signal', 'SIGKILL', id]);
}

/** Kills one pod under traffic and gives what clients got but answers, until the others serve alone. */
async function faultsOfKill(client: Client): Promise<readonly string[]> {
  await rolledOut(VLLM);
  const [pod = ''] = await podNames(`app=${VLLM}`);
  const traffic = startTraffic(client);
  await more(traffic);
  await killContainer(pod);
  await more(traffic, 100);
  const faults = await traffic.stop();
  const later = startTraffic(client);
  await more(later, 200);
  expect(await later.stop()).toEqual([]);
  await rolledOut(VLLM);
  return faults;
}

/** More than the clients have in flight at a time, since some may be sent to it before it is missed. */
const MOST = 30;

/** Without retries on whatever breaks. */
export const COSTS_WHAT_IT_HAD: Case = {
  title: 'loses no more than what a pod is answering when that is killed',
  run: async ({ client }) => {
    const faults = await faultsOfKill(client);
    expect(faults.filter((fault) => !fault.startsWith('503 '))).toEqual([]);
    expect(faults.length).toBeLessThan(MOST);
  },
};

/** With retries on the next pod of Serin's list. */
export const COSTS_NOTHING: Case = {
  title: 'loses no request when a pod is killed',
  run: async ({ client }) => {
    expect(await faultsOfKill(client)).toEqual([]);
  },
};
