/** A request that both servers are asked, and whose answers have to look alike. */
export interface Question {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Posted as JSON, a text as it is. */
  readonly body?: object | string;
  readonly headers?: { readonly [name: string]: string };
}

const PROMPT = 'San Francisco';
/** Enough tokens that a stream has events of every kind. */
const COMPLETION = { model: 'sql-lora', prompt: PROMPT, max_tokens: 16, ignore_eos: true };
const CHAT = {
  model: 'sql-lora',
  messages: [{ role: 'user', content: PROMPT }],
  max_tokens: 16,
  ignore_eos: true,
};
const STREAM = { stream: true };
const USAGE = { stream: true, stream_options: { include_usage: true } };
const USAGE_WITH_EACH = {
  stream: true,
  stream_options: { include_usage: true, continuous_usage_stats: true },
};
const NOBODY = { model: 'nobody' };
const WRONG_KEY = { authorization: 'Bearer wrong' };
const NO_KEY = { authorization: '' };

function get(path: string, name: string, headers = {}): Question {
  return { name, method: 'GET', path, headers };
}

function post(path: string, name: string, body: object | string, headers = {}): Question {
  return { name, method: 'POST', path, body, headers };
}

function completion(name: string, change: object, headers = {}): Question {
  return post('/v1/completions', name, { ...COMPLETION, ...change }, headers);
}

function chat(name: string, change: object): Question {
  return post('/v1/chat/completions', name, { ...CHAT, ...change });
}

const PAGES: readonly Question[] = [
  get('/v1/models', 'models'),
  get('/v1/models', 'models without a key', NO_KEY),
  get('/v1/models', 'models with a wrong key', WRONG_KEY),
  get('/v1/models/sql-lora', 'a model by its name'),
  get('/health', 'health without a key', NO_KEY),
  get('/version', 'version'),
  get('/nothing', 'an unknown page'),
  get('/v1/completions', 'completion by GET'),
  post('/v1/models', 'models by POST', {}),
];

const COMPLETIONS: readonly Question[] = [
  completion('completion', {}),
  completion('completion of the base model', { model: 'llama2' }),
  completion('completion without a model', { model: null }),
  completion('completion without max_tokens', { max_tokens: null }),
  completion('completion with two choices', { n: 2 }),
  completion('completion of two prompts', { prompt: [PROMPT, PROMPT] }),
  completion('completion of tokens', { prompt: [5, 6, 7] }),
  completion('completion up to the longest context', { prompt: [5, 6, 7], max_tokens: 1024 }),
  completion('completion with probabilities', { logprobs: 1 }),
  completion('completion stream', STREAM),
  completion('completion stream of one token', { ...STREAM, max_tokens: 1 }),
  completion('completion stream with usage', USAGE),
  completion('completion stream with usage in each event', USAGE_WITH_EACH),
];

const CHATS: readonly Question[] = [
  chat('chat', {}),
  chat('chat with two choices', { n: 2 }),
  chat('chat of parts', { messages: [{ role: 'user', content: [{ type: 'text', text: PROMPT }] }] }),
  chat('chat with max_completion_tokens', { max_tokens: null, max_completion_tokens: 3 }),
  chat('chat stream', STREAM),
  chat('chat stream with usage', USAGE),
  chat('chat stream with usage in each event', USAGE_WITH_EACH),
];

const REFUSALS: readonly Question[] = [
  completion('completion with a wrong key', {}, WRONG_KEY),
  completion('completion of an unknown model', NOBODY),
  completion('completion stream of an unknown model', { ...NOBODY, ...STREAM }),
  chat('chat of an unknown model', NOBODY),
  post('/v1/completions', 'malformed JSON', '{"model":'),
  post('/v1/completions', 'an empty body', ''),
  post('/v1/completions', 'a body that is a list', []),
  completion('another content type', {}, { 'content-type': 'text/plain' }),
  completion('a content type with a charset', {}, { 'content-type': 'application/json; charset=utf-8' }),
  post('/v1/completions', 'no prompt', { model: 'sql-lora' }),
  completion('an empty prompt', { prompt: '' }),
  completion('a prompt of another type', { prompt: 3 }),
  completion('a model of another type', { model: 3 }),
  completion('max_tokens of another type', { max_tokens: 'x' }),
  completion('max_tokens as a text', { max_tokens: '5' }),
  completion('max_tokens of 0', { max_tokens: 0 }),
  completion('max_tokens past the longest context', { max_tokens: 1025 }),
  completion('a prompt past the longest context', { prompt: Array.from({ length: 1025 }, () => 5) }),
  completion('a prompt as long as the longest context', { prompt: Array.from({ length: 1024 }, () => 5) }),
  completion('n of 0', { n: 0 }),
  completion('a negative temperature', { temperature: -1 }),
  completion('stream of another type', { stream: 'maybe' }),
  completion('stream options without a stream', { stream_options: { include_usage: true } }),
  post('/v1/chat/completions', 'chat without messages', { model: 'sql-lora' }),
  chat('chat with an empty list of messages', { messages: [] }),
  chat('chat with messages of another type', { messages: 'x' }),
  chat('chat past the longest context', { max_tokens: 1025 }),
  post('/v1/embeddings', 'embedding', { model: 'llama2', input: PROMPT }),
];

/** Each finds what the one before it has left. */
function adapterQuestions(adapterPath: (name: string) => string): readonly Question[] {
  const load = (name: string, body: object | string, headers = {}) =>
    post('/v1/load_lora_adapter', name, body, headers);
  const unload = (name: string, body: object) => post('/v1/unload_lora_adapter', name, body);
  const adapter = { lora_name: 'new-lora', lora_path: adapterPath('sql-lora') };
  return [
    load('load without a key', adapter, NO_KEY),
    load('load', adapter),
    load('load of a loaded adapter', adapter),
    load('load in place', { ...adapter, lora_path: adapterPath('sql-lora-1'), load_inplace: true }),
    get('/v1/models', 'models after a load'),
    completion('completion of a loaded adapter', { model: 'new-lora' }),
    unload('unload', { lora_name: 'new-lora' }),
    get('/v1/models', 'models after an unload'),
    completion('completion of an unloaded adapter', { model: 'new-lora' }),
    unload('unload of an unknown adapter', NOBODY_TO_UNLOAD),
    unload('unload of the base model', { lora_name: 'llama2' }),
    unload('unload without a name', {}),
    unload('unload of an empty name', { lora_name: '' }),
    load('load without a name', { lora_path: '/x' }),
    load('load without a path', { lora_name: 'x' }),
    load('load of an empty name', { lora_name: '', lora_path: '' }),
    load("load under the base model's name", { ...adapter, lora_name: 'llama2' }),
    load('load of malformed JSON', '{'),
    load('load of a folder that is not there', { lora_name: 'x', lora_path: '/nowhere' }),
  ];
}

const NOBODY_TO_UNLOAD = { lora_name: 'nobody' };

/** All questions, in the order in which they have to be asked. */
export function questions(adapterPath: (name: string) => string): readonly Question[] {
  return [...PAGES, ...COMPLETIONS, ...CHATS, ...REFUSALS, ...adapterQuestions(adapterPath)];
}
