/**
 * A process of its own: so many pods as its argument says, with a metrics page of real size, and the two pages
 * that Serin reads as a simulated vLLM shows them. Asked for `gaps`, it tells the longest times between two
 * scrapes of one pod since it was last asked, in milliseconds.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ADAPTERS } from '../../test/e2e/pod.ts';
import { metricsPage } from '../scraping/metrics-page.ts';

const SERIES = 6;
const PAGE = await metricsPage({ loraSeries: SERIES, bytes: Number(process.argv[3]) });
const MODELS = JSON.stringify({
  object: 'list',
  data: ADAPTERS.map((id) => ({ id, object: 'model', parent: 'base', root: `/adapters/${id}` })),
});
const ANSWER = Buffer.from('{"id":"x","object":"text_completion","choices":[{"index":0,"text":"x"}]}');
const gaps: number[] = [];

function startPod(): Promise<number> {
  let scrapedAt: number | undefined;
  function scraped(): Buffer {
    const now = performance.now();
    if (scrapedAt !== undefined) gaps.push(now - scrapedAt);
    scrapedAt = now;
    return PAGE;
  }
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    request.resume();
    if (request.url === '/metrics') response.end(scraped());
    else if (request.url === '/v1/models') response.end(MODELS);
    else
      request.once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

const ports = await Promise.all(Array.from({ length: Number(process.argv[2]) }, startPod));
process.on('message', () => process.send?.({ gaps: gaps.splice(0) }));
process.once('disconnect', () => process.exit());
process.send?.({ ports });
