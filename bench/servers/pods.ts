/**
 * A process of its own: pods that answer every POST at once or with the events that it asks for, and the two pages that Serin reads as a simulated
 * vLLM with the ten adapters of `examples/multi-lora` shows them. Its arguments are their ports.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFakeVllm } from '../../src/fake-vllm/fake-vllm.ts';
import { ADAPTERS } from '../../test/e2e/pod.ts';
import { answerEvents } from './events.ts';

const PAGES = ['/metrics', '/v1/models'];
const ANSWER = Buffer.from('{"id":"x","object":"text_completion","choices":[{"index":0,"text":"x"}]}');
const ANSWER_HEADERS = { 'content-type': 'application/json', 'content-length': ANSWER.length };

async function readPages(): Promise<ReadonlyMap<string, string>> {
  const loraModules = ADAPTERS.map((name) => ({ name, path: `/adapters/${name}` }));
  const simulator = createFakeVllm({ loraModules, maxLoras: 10, maxCpuLoras: 12 });
  const port = await simulator.listen('127.0.0.1', 0);
  const pages = new Map<string, string>();
  for (const path of PAGES) pages.set(path, await (await fetch(`http://127.0.0.1:${port}${path}`)).text());
  await simulator.close();
  return pages;
}

/**
 * Connections stay open however long the pod has to wait: servers take turns, and Envoy answers 503 where it
 * reuses a connection in the moment in which a pod closes it.
 */
function startPod(pages: ReadonlyMap<string, string>, wanted: number): Promise<number> {
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const page = pages.get(request.url ?? '');
    request.resume();
    if (page !== undefined) response.end(page);
    else if (request.headers['x-events'] !== undefined) answerEvents(request, response);
    else request.once('end', () => response.writeHead(200, ANSWER_HEADERS).end(ANSWER));
  });
  return new Promise((resolve) => {
    server.listen(wanted, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

const pages = await readPages();
const ports = await Promise.all(process.argv.slice(2).map((port) => startPod(pages, Number(port))));
process.once('disconnect', () => process.exit());
process.send?.({ ports });
