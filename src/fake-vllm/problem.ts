/** An answer that is an error, in the shape that vLLM gives it. */
export interface Problem {
  readonly kind: 'problem';
  readonly status: number;
  readonly body: object;
}

function problem(status: number, type: string, message: string, param: string | null = null): Problem {
  return { kind: 'problem', status, body: { error: { message, type, param, code: status } } };
}

/** The model is none that the server has. */
export function modelNotFound(model: string): Problem {
  return problem(404, 'NotFoundError', `The model \`${model}\` does not exist.`, 'model');
}

/** A field of the body is not what the endpoint takes. */
export function badRequest(message: string, param: string | null = null): Problem {
  return problem(400, 'BadRequestError', message, param);
}

/** The body is no JSON: what the web framework answers before vLLM sees the request. */
export function malformedBody(offset: number): Problem {
  return problem(400, 'Bad Request', 'JSON decode error', `body.${offset}`);
}

/** An adapter is loaded already. */
export function invalidUserInput(message: string): Problem {
  return problem(400, 'InvalidUserInput', message);
}

/** There is no such adapter to unload. */
export function adapterNotFound(name: string): Problem {
  return problem(404, 'NotFoundError', `The lora adapter '${name}' cannot be found.`);
}

/** A fault that a test asked for. */
export function injected(): Problem {
  return problem(500, 'InternalServerError', 'an injected fault');
}

/** No or the wrong key. */
export const UNAUTHORIZED: Problem = { kind: 'problem', status: 401, body: { error: 'Unauthorized' } };

/** No such page. */
export const NOT_FOUND: Problem = { kind: 'problem', status: 404, body: { detail: 'Not Found' } };
