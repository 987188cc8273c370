import type { Answer, Client } from '../e2e/client.ts';
import { eventsOf, type Shape, shapeOf } from './shape.ts';
import { adapterPath, BASE_MODEL } from './vllm-server.ts';

const COMPLETION = { model: 'sql-lora', prompt: 'San Francisco', max_tokens: 4, ignore_eos: true };
const CHAT = {
  model: 'sql-lora',
  messages: [{ role: 'user', content: 'hello' }],
  max_tokens: 4,
  ignore_eos: true,
};
const USAGE = { stream: true, stream_options: { include_usage: true } };
const EACH_USAGE = { stream: true, stream_options: { include_usage: true, continuous_usage_stats: true } };
const WRONG_KEY = { authorization: 'Bearer wrong' };
const PLAIN = { 'content-type': 'text/plain' };

/** A request that both servers are asked, and whose answers have to look alike. */
interface Question {
  readonly name: string;
  readonly method?: 'GET';
  readonly path: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: object | string;
}

const LOAD = '/v1/load_lora_adapter';
const UNLOAD = '/v1/unload_lora_adapter';

const QUESTIONS: readonly Question[] = [
  { name: 'models', method: 'GET', path: '/v1/models' },
  { name: 'health', method: 'GET', path: '/health' },
  { name: 'version', method: 'GET', path: '/version' },
  { name: 'completion', path: '/v1/completions', body: COMPLETION },
  { name: 'two prompts', path: '/v1/completions', body: { ...COMPLETION, prompt: ['one', 'two'] } },
  { name: 'no model', path: '/v1/completions', body: { ...COMPLETION, model: undefined } },
  { name: 'completion stream', path: '/v1/completions', body: { ...COMPLETION, stream: true } },
  { name: 'completion stream with usage', path: '/v1/completions', body: { ...COMPLETION, ...USAGE } },
  { name: 'usage with each event', path: '/v1/completions', body: { ...COMPLETION, ...EACH_USAGE } },
  { name: 'chat', path: '/v1/chat/completions', body: CHAT },
  { name: 'chat stream', path: '/v1/chat/completions', body: { ...CHAT, stream: true } },
  { name: 'chat stream with usage', path: '/v1/chat/completions', body: { ...CHAT, ...USAGE } },
  { name: 'embeddings', path: '/v1/embeddings', body: { model: 'sql-lora', input: 'hello' } },
  { name: 'wrong key', path: '/v1/completions', body: COMPLETION, headers: WRONG_KEY },
  { name: 'models, wrong key', method: 'GET', path: '/v1/models', headers: WRONG_KEY },
  { name: 'wrong method', method: 'GET', path: '/v1/completions' },
  { name: 'unknown page', path: '/v1/nothing', body: COMPLETION },
  { name: 'unknown model', path: '/v1/completions', body: { ...COMPLETION, model: 'nobody' } },
  { name: 'unknown model, chat', path: '/v1/chat/completions', body: { ...CHAT, model: 'nobody' } },
  { name: 'malformed JSON', path: '/v1/completions', body: '{"model":' },
  { name: 'malformed JSON, chat', path: '/v1/chat/completions', body: '{"model" 1}' },
  { name: 'empty body', path: '/v1/completions', body: '' },
  { name: 'other content type', path: '/v1/completions', body: COMPLETION, headers: PLAIN },
  { name: 'missing prompt', path: '/v1/completions', body: { model: 'sql-lora' } },
  { name: 'missing messages', path: '/v1/chat/completions', body: { model: 'sql-lora' } },
  { name: 'model of a wrong type', path: '/v1/completions', body: { ...COMPLETION, model: 1 } },
  { name: 'too long', path: '/v1/completions', body: { ...COMPLETION, max_tokens: 5000 } },
  { name: 'load', path: LOAD, body: { lora_name: 'new-lora', lora_path: adapterPath('sql-lora') } },
  { name: 'models after load', method: 'GET', path: '/v1/models' },
  { name: 'load again', path: LOAD, body: { lora_name: 'new-lora', lora_path: adapterPath('sql-lora') } },
  { name: 'load of no name', path: LOAD, body: { lora_name: '', lora_path: '' } },
  { name: 'load without path', path: LOAD, body: { lora_name: 'new-lora' } },
  { name: 'load from nowhere', path: LOAD, body: { lora_name: 'lost', lora_path: '/nowhere' } },
  { name: 'load as the base model', path: LOAD, body: { lora_name: BASE_MODEL, lora_path: '/nowhere' } },
  { name: 'unload', path: UNLOAD, body: { lora_name: 'new-lora' } },
  { name: 'unload again', path: UNLOAD, body: { lora_name: 'new-lora' } },
  { name: 'unload without name', path: UNLOAD, body: {} },
];

/** What an answer looks like: its status, its type, and the structure of its body or events. */
export interface AnswerShape {
  readonly status: number;
  readonly type: string;
  readonly body: Shape;
}

/** Asks a server every question in order; the answers by the questions' names. */
export async function answersOf(client: Client): Promise<{ readonly [question: string]: AnswerShape }> {
  const answers: { [question: string]: AnswerShape } = {};
  for (const { name, method = 'POST', path, body = '', headers = {} } of QUESTIONS) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    answers[name] = answerShape(await client.send({ method, path, headers, body: text }));
  }
  return answers;
}

function answerShape({ status, headers, body }: Answer): AnswerShape {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (type === 'text/event-stream') return { status, type, body: shapeOf(eventsOf(body)) };
  return { status, type, body: type === 'application/json' ? shapeOf(JSON.parse(body)) : body };
}
