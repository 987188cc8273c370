import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createOpenApi, type OpenApi } from '../../../../src/sources/kubernetes/api-server.ts';
import type { ClusterAccess } from '../../../../src/sources/kubernetes/cluster-access.ts';

/** An object as it is stored. */
export interface Stored {
  readonly metadata: { readonly resourceVersion: string; readonly [field: string]: unknown };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: { readonly conditions: readonly { readonly type: string }[] };
  readonly [field: string]: unknown;
}

/** One request, with what was sent. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: Body;
}

interface Body {
  readonly metadata?: { readonly name?: string; readonly resourceVersion?: string };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Stored['status'];
}

/** An API server that stores single objects and holds writers to the version that they know. */
export interface FakeStore {
  readonly access: ClusterAccess;
  readonly open: OpenApi;
  /** Requests that changed something, or tried to. */
  readonly writes: readonly Request[];
  readonly asked: () => number;
  readonly get: (path: string) => Stored | undefined;
  readonly put: (path: string, object: object) => Stored;
  /** Answers with a status instead, or breaks the connection. */
  readonly failWith: (fault: (request: Request) => number | 'break' | undefined) => void;
}

/** Starts a store that ends with the test. */
export async function startFakeStore(): Promise<FakeStore> {
  const objects = new Map<string, Stored>();
  const writes: Request[] = [];
  let asked = 0;
  let version = 100;
  let fault: (request: Request) => number | 'break' | undefined = () => undefined;

  function put(path: string, object: object): Stored {
    version += 1;
    const before = 'metadata' in object ? object.metadata : {};
    const stored = { ...object, metadata: { ...(before as object), resourceVersion: `${version}` } };
    objects.set(path, stored);
    return stored;
  }

  function patch(path: string, body: Body, response: ServerResponse): void {
    const before = objects.get(path);
    if (before === undefined) return send(response, 404, { message: 'not found' });
    if ((body.metadata?.resourceVersion ?? '') !== before.metadata.resourceVersion) {
      return send(response, 409, { message: 'the object has been modified' });
    }
    const { spec, status } = body;
    const next = { ...before, ...(spec && { spec: { ...before.spec, ...spec } }), ...(status && { status }) };
    send(response, 200, put(path, next));
  }

  function create(path: string, body: Body, response: ServerResponse): void {
    const at = `${path}/${body.metadata?.name}`;
    if (objects.has(at)) return send(response, 409, { message: 'already exists' });
    send(response, 201, put(at, body));
  }

  function get(path: string, response: ServerResponse): void {
    const stored = objects.get(path);
    send(response, stored === undefined ? 404 : 200, stored ?? {});
  }

  function answer(request: Request, response: ServerResponse): void {
    const { method, path, body } = request;
    const broken = fault(request);
    if (broken === 'break') return void response.destroy();
    if (broken !== undefined) return send(response, broken, { message: `fault ${broken}` });
    if (method === 'PATCH') return patch(path, body, response);
    if (method === 'POST') return create(path, body, response);
    get(path, response);
  }

  const server = createServer((incoming, response) => {
    void read(incoming).then((request) => {
      asked += 1;
      if (request.method !== 'GET') writes.push(request);
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const access = { server: `http://127.0.0.1:${port}`, authorize: async () => ({}) };
  return {
    access,
    open: createOpenApi(access),
    writes,
    asked: () => asked,
    get: (path) => objects.get(path),
    put,
    failWith: (next) => {
      fault = next;
    },
  };
}

async function read(incoming: IncomingMessage): Promise<Request> {
  let text = '';
  for await (const piece of incoming) text += piece;
  const path = (incoming.url ?? '').replace(/(\/status)?(\?.*)?$/, '');
  const { method = '' } = incoming;
  const body = text === '' ? {} : JSON.parse(text);
  return { method, path, contentType: incoming.headers['content-type'], body };
}

function send(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
