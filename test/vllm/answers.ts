import type { Client } from '../e2e/client.ts';
import { eventsOf, type Shape, shapeOf } from './shape.ts';
import { adapterPath } from './vllm-server.ts';

const COMPLETION = { model: 'sql-lora', prompt: 'San Francisco', max_tokens: 4, ignore_eos: true };
const CHAT = {
  model: 'sql-lora',
  messages: [{ role: 'user', content: 'hello' }],
  max_tokens: 4,
  ignore_eos: true,
};
const USAGE = { stream: true, stream_options: { include_usage: true } };

/** A request that both servers are asked, and whose answers have to look alike. */
interface Question {
  readonly headers?: { readonly [name: string]: string };
  readonly name: string;
  readonly path: string;
  readonly body: object | string;
}

const QUESTIONS: readonly Question[] = [
  { name: 'completion', path: '/v1/completions', body: COMPLETION },
  { name: 'completion stream', path: '/v1/completions', body: { ...COMPLETION, stream: true } },
  { name: 'completion stream with usage', path: '/v1/completions', body: { ...COMPLETION, ...USAGE } },
  { name: 'chat', path: '/v1/chat/completions', body: CHAT },
  { name: 'chat stream with usage', path: '/v1/chat/completions', body: { ...CHAT, ...USAGE } },
  {
    name: 'wrong key',
    path: '/v1/completions',
    body: COMPLETION,
    headers: { authorization: 'Bearer wrong' },
  },
  { name: 'unknown model', path: '/v1/completions', body: { ...COMPLETION, model: 'nobody' } },
  { name: 'malformed JSON', path: '/v1/completions', body: '{"model":' },
  { name: 'missing prompt', path: '/v1/completions', body: { model: 'sql-lora' } },
  { name: 'too long', path: '/v1/completions', body: { ...COMPLETION, max_tokens: 5000 } },
  {
    name: 'load of a loaded adapter',
    path: '/v1/load_lora_adapter',
    body: { lora_name: 'sql-lora', lora_path: adapterPath('sql-lora') },
  },
  { name: 'unload of an unknown adapter', path: '/v1/unload_lora_adapter', body: { lora_name: 'nobody' } },
  {
    name: 'load',
    path: '/v1/load_lora_adapter',
    body: { lora_name: 'new-lora', lora_path: adapterPath('sql-lora') },
  },
  { name: 'unload', path: '/v1/unload_lora_adapter', body: { lora_name: 'new-lora' } },
];

/** What an answer looks like: its status, its type, and the structure of its body or events. */
export interface AnswerShape {
  readonly status: number;
  readonly type: string;
  readonly body: Shape;
}

/** Asks a server every question in order, and `/v1/models` first. */
export async function answersOf(client: Client): Promise<ReadonlyMap<string, AnswerShape>> {
  const answers = new Map<string, AnswerShape>();
  const models = await client.send({ method: 'GET', path: '/v1/models' });
  answers.set('models', answerShape(models.status, models.headers['content-type'] ?? '', models.body));
  for (const { name, path, body, headers = {} } of QUESTIONS) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await client.send({ path, body: text, headers });
    answers.set(name, answerShape(answer.status, answer.headers['content-type'] ?? '', answer.body));
  }
  return answers;
}

function answerShape(status: number, contentType: string, text: string): AnswerShape {
  const [type = ''] = contentType.split(';');
  if (type === 'text/event-stream') return { status, type, body: shapeOf(eventsOf(text)) };
  return { status, type, body: type === 'application/json' ? shapeOf(JSON.parse(text)) : 'text' };
}
