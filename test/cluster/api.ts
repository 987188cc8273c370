import { Agent, request } from 'node:https';
import type { ApiServer } from '../../scripts/cluster/api-server.ts';

/** Asks an API server directly, where kubectl would take too long or too many processes. */
export type Api = (method: string, path: string, body?: object) => Promise<{ readonly status: number }>;

/** Creates an administrator's way to a server, and the end of its connections. */
export function createApi(server: ApiServer): { readonly api: Api; readonly close: () => void } {
  const agent = new Agent({ ca: server.ca, keepAlive: true, maxSockets: 8 });
  const api: Api = (method, path, body) =>
    new Promise((resolve, reject) => {
      const patch = method === 'PATCH' ? 'merge-patch+' : '';
      const headers = {
        authorization: `Bearer ${server.token('admin')}`,
        'content-type': `application/${patch}json`,
      };
      const sent = request(`${server.url}${path}`, { agent, method, headers }, (response) => {
        response.resume();
        response.once('end', () => resolve({ status: response.statusCode ?? 0 }));
      });
      sent.once('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return { api, close: () => agent.destroy() };
}

const PODS = '/api/v1/namespaces/default/pods';

/** Creates a pod that the label `app` selects, as a node would report it once it is ready. */
export async function createReadyPod(api: Api, name: string, ip: string, app = 'vllm'): Promise<void> {
  const containers = [{ name: 'vllm', image: 'vllm' }];
  await expectOk(api('POST', PODS, { metadata: { name, labels: { app } }, spec: { containers } }));
  await setReady(api, name, ip, 'True');
}

/** Reports a pod's address and whether it is ready. */
export async function setReady(api: Api, name: string, ip: string, ready: 'True' | 'False'): Promise<void> {
  const conditions = [{ type: 'Ready', status: ready }];
  const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions };
  await expectOk(api('PATCH', `${PODS}/${name}/status`, { status }));
}

async function expectOk(answer: Promise<{ readonly status: number }>): Promise<void> {
  const { status } = await answer;
  if (status >= 300) throw new Error(`the API server answered ${status}`);
}
