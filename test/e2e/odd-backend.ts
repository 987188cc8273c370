import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createFakeVllm } from '../../src/fake-vllm/fake-vllm.ts';
import type { Backend } from './gateway.ts';
import { ADAPTERS } from './pod.ts';

/** A pod whose answers to requests are the test's own; what is asked of its state, a simulator answers. */
export interface OddBackend extends Backend {
  readonly close: () => Promise<void>;
}

/** Starts one on a free port; `answer` is called once a request has arrived whole. */
export async function startOddBackend(answer: (response: ServerResponse) => void): Promise<OddBackend> {
  const fake = createFakeVllm({ loraModules: ADAPTERS.map((name) => ({ name, path: `/adapters/${name}` })) });
  const statePort = await fake.listen('127.0.0.1', 0);
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      request.resume().on('end', () => answer(response));
      return;
    }
    fetch(`http://127.0.0.1:${statePort}${request.url}`)
      .then(async (state) => {
        response.writeHead(state.status, { 'content-type': state.headers.get('content-type') ?? '' });
        response.end(await state.text());
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    address: `127.0.0.1:${port}`,
    port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await fake.close();
    },
  };
}
