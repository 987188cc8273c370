import type { IncomingMessage, ServerResponse } from 'node:http';
import { monotonicMs } from '../load/monotonic.ts';

const HEAD =
  '"id":"cmpl-0123456789abcdef","object":"text_completion","created":1764000000,"model":"sql-lora"';

/**
 * Answers with the events of a generation: as many as `x-events` says, `x-interval-ms` apart, each with the
 * moment at which it was sent; then the usage, and the end.
 */
export function answerEvents(request: IncomingMessage, response: ServerResponse): void {
  const events = Number(request.headers['x-events']);
  const intervalMs = Number(request.headers['x-interval-ms']);
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  let sent = 0;
  const timer = setInterval(() => {
    sent += 1;
    response.write(eventOf(`"choices":[{"index":0,"text":" token","logprobs":null,"finish_reason":null}]`));
    if (sent < events) return;
    clearInterval(timer);
    const usage = `"usage":{"prompt_tokens":200,"total_tokens":${200 + events},"completion_tokens":${events}}`;
    response.end(`${eventOf(`"choices":[],${usage}`)}data: [DONE]\n\n`);
  }, intervalMs);
  response.once('close', () => clearInterval(timer));
}

function eventOf(rest: string): string {
  return `data: {${HEAD},"sent":${monotonicMs().toFixed(3)},${rest}}\n\n`;
}
