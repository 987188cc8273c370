/** An answer that is an error, in the shape that vLLM gives it. */
export interface Problem {
  readonly status: number;
  readonly body: object;
  /** The methods that the page takes. */
  readonly allow?: string;
}

/** What is wrong with a field, and where it is. */
export interface FieldProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function problem(status: number, type: string, message: string, param: string | null = null): Problem {
  return { status, body: { error: { message, type, param, code: status } } };
}

/** The model is none that the server has; `bases` are the base model's names. */
export function modelNotFound(model: string, bases: readonly string[]): Problem {
  const message = `The model \`${model}\` does not exist. Valid aliases: ${bases.join(', ')}.`;
  return problem(404, 'NotFoundError', message, 'model');
}

/** vLLM itself refuses a request. */
export function badRequest(message: string): Problem {
  return problem(400, 'BadRequestError', message);
}

/** vLLM itself refuses a value, or that there is one. */
export function badValue(message: string, param: string, value?: number): Problem {
  const place = value === undefined ? '' : `, value=${value}`;
  return problem(400, 'BadRequestError', `${message} (parameter=${param}${place})`, param);
}

/** The request for an adapter makes no sense. */
export function invalidUserInput(message: string): Problem {
  return problem(400, 'InvalidUserInput', message);
}

/** There is no such adapter to unload. */
export function adapterNotFound(name: string): Problem {
  return problem(404, 'NotFoundError', `The lora adapter '${name}' cannot be found.`);
}

/** The body is no JSON, as the web framework says it before vLLM sees the request. */
export function malformedJson(offset: number): Problem {
  return invalidFields([{ path: [offset], message: 'JSON decode error' }]);
}

/** Fields of the body are missing or wrong, again as the web framework says it. */
export function invalidFields(fields: readonly FieldProblem[]): Problem {
  const places = fields.map(({ path }) => ['body', ...path].join('.'));
  const said = fields.map(({ message }, at) => JSON.stringify({ loc: places[at], msg: message }));
  return invalid(said, places[0] ?? null);
}

function invalid(said: readonly string[], param: string | null): Problem {
  const count = said.length === 1 ? '1 validation error' : `${said.length} validation errors`;
  return problem(400, 'Bad Request', `${count}:\n  ${said.join('\n  ')}`, param);
}

/** The body is not said to be JSON. */
export const NOT_JSON: Problem = invalid(
  ["Unsupported Media Type: Only 'application/json' is allowed"],
  null,
);

/** A fault that a test asked for. */
export const INJECTED: Problem = problem(500, 'InternalServerError', 'an injected fault');

/** No key, or a wrong one. */
export const UNAUTHORIZED: Problem = { status: 401, body: { error: 'Unauthorized' } };

/** No such page. */
export const NOT_FOUND: Problem = { status: 404, body: { detail: 'Not Found' } };

/** The page wants another method. */
export function wrongMethod(allow: string): Problem {
  return { status: 405, body: { detail: 'Method Not Allowed' }, allow };
}
