import { join } from 'node:path';
import { expect } from 'vitest';
import { createShell } from '../../../scripts/docker/shell.ts';
import type { Client } from '../../e2e/client.ts';
import { kubectl, podNames, rolledOut, setting } from '../../node/kubectl.ts';
import { more, startTraffic } from '../../node/traffic.ts';

/** Kills the process of a pod's container, as the kernel does when memory runs out. */
async function killContainer(pod: string): Promise<void> {
  const path = 'jsonpath={.status.containerStatuses[0].containerID}';
  const id = (await kubectl('get', 'pod', pod, '-o', path)).replace('containerd://', '');
  const socket = join(setting('SERIN_NODE_FOLDER'), 'containerd.sock');
  const shell = createShell(process.env, new AbortController().signal);
  await shell.run('ctr', ['-a', socket, '-n', 'k8s.io', 'tasks', 'kill', '--signal', 'SIGKILL', id]);
}

/**
 * Kills one pod of a Deployment under traffic. Gives what clients got but answers, and waits until the others serve
 * alone without a fault.
 */
export async function faultsOfKill(client: Client, deployment: string): Promise<readonly string[]> {
  await rolledOut(deployment);
  const [pod = ''] = await podNames(`app=${deployment}`);
  const traffic = startTraffic(client);
  await more(traffic);
  await killContainer(pod);
  await more(traffic, 100);
  const faults = await traffic.stop();
  const later = startTraffic(client);
  await more(later, 200);
  expect(await later.stop()).toEqual([]);
  await rolledOut(deployment);
  return faults;
}
