import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { ClusterAccess } from '../../../src/sources/kubernetes/cluster-access.ts';

/** What a kind is served as. */
interface Served {
  readonly kind: string;
  readonly namespaced: boolean;
}

/** An object as a test writes it. */
export interface FakeObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** How a request is answered instead. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly text?: string }
  /** No answer. */
  | 'hang'
  /** The connection breaks. */
  | 'break';

/** One request that was made. */
export interface Asked {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Of a POST. */
  readonly body?: string;
}

/** An API server that keeps objects, serves lists and watches of them, and fails as it is told. */
export interface FakeApi {
  readonly access: ClusterAccess;
  readonly asked: readonly Asked[];
  /** Makes discovery show `group/version/plural`, with these objects of it stored under `group/plural`. */
  readonly install: (path: string, kind: string) => void;
  readonly uninstall: (path: string) => void;
  /** Creates or replaces an object of `group/plural`. */
  readonly put: (path: string, object: FakeObject) => void;
  readonly remove: (path: string, name: string) => void;
  /** Sends a bookmark of the newest version to every watch. */
  readonly bookmark: () => void;
  /** Sends a line to every watch. */
  readonly say: (line: string) => void;
  readonly closeWatches: () => void;
  /** Leaves every open watch without a further word, as a cut cable does. */
  readonly muteWatches: () => void;
  readonly openWatches: () => number;
  /** Forgets all versions before the newest: a watch from an older one is answered with 410. */
  readonly compact: () => void;
  /** Decides how requests fail. */
  readonly failWith: (fault: (asked: Asked) => Fault | undefined) => void;
}

interface StoredEvent {
  readonly version: number;
  readonly path: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: FakeObject;
}

interface OpenWatch {
  readonly response: ServerResponse;
  readonly wants: (event: StoredEvent) => boolean;
}

/** Starts a fake API server that ends with the test; pods are always there. */
export async function startFakeApi(): Promise<FakeApi> {
  const served = new Map<string, Served>([['/v1/pods', { kind: 'Pod', namespaced: true }]]);
  const objects = new Map<string, Map<string, FakeObject>>();
  const asked: Asked[] = [];
  const watches = new Set<OpenWatch>();
  let events: StoredEvent[] = [];
  let version = 100;
  let oldest = 0;
  let fault: (asked: Asked) => Fault | undefined = () => undefined;

  function note(path: string, type: StoredEvent['type'], object: FakeObject): void {
    const event = { version: ++version, path, type, object };
    events.push(event);
    for (const watch of watches) if (watch.wants(event)) watch.response.write(lineOf(event));
  }

  function list(path: string, request: Asked, response: ServerResponse): void {
    const all = [...(objects.get(path)?.values() ?? [])].filter((object) => wanted(object, request));
    const from = Number(request.query.continue ?? 0);
    const limit = Number(request.query.limit ?? 0) || all.length;
    const next = from + limit < all.length ? { continue: String(from + limit) } : {};
    const items = all.slice(from, from + limit);
    sendJson(response, 200, { kind: 'List', metadata: { resourceVersion: String(version), ...next }, items });
  }

  function watch(path: string, request: Asked, response: ServerResponse): void {
    const from = Number(request.query.resourceVersion);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (from < oldest) {
      const gone = { kind: 'Status', code: 410, message: 'too old resource version' };
      return void response.end(`${JSON.stringify({ type: 'ERROR', object: gone })}\n`);
    }
    const wants = (event: StoredEvent) => event.path === path && wanted(event.object, request);
    for (const event of events) if (event.version > from && wants(event)) response.write(lineOf(event));
    const open = { response, wants };
    watches.add(open);
    response.on('close', () => watches.delete(open));
  }

  function answer(request: Asked, response: ServerResponse): void {
    const broken = fault(request);
    if (broken !== undefined) return failed(broken, response);
    const resources = discovery(request.path, served);
    if (resources !== undefined) return sendJson(response, 200, { kind: 'APIResourceList', resources });
    const found = collection(request.path, served);
    if (found === undefined) return sendJson(response, 404, { kind: 'Status', message: 'not found' });
    if (request.query.watch === '1') watch(found, request, response);
    else list(found, request, response);
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://fake');
    const body = request.method === 'POST' ? { body: await text(request) } : {};
    const one = { path: url.pathname, query: Object.fromEntries(url.searchParams), ...body };
    asked.push(one);
    answer(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;

  return {
    access: { server: `http://127.0.0.1:${port}`, authorize: async () => ({}) },
    asked,
    install: (path, kind) => void served.set(path, { kind, namespaced: true }),
    uninstall: (path) => {
      served.delete(path);
      const [group, , plural] = path.split('/');
      for (const { metadata } of objects.get(`${group}/${plural}`)?.values() ?? []) {
        removeObject(`${group}/${plural}`, metadata.name);
      }
      closeWatches();
    },
    put: (path, object) => {
      const of = objects.get(path) ?? new Map<string, FakeObject>();
      objects.set(path, of);
      const { name, namespace = 'default' } = object.metadata;
      const before = of.get(name);
      const uid = object.metadata.uid ?? before?.metadata.uid ?? `uid-${name}-${version}`;
      const resourceVersion = String(version + 1);
      const stored = { ...object, metadata: { ...object.metadata, namespace, uid, resourceVersion } };
      of.set(name, stored);
      note(path, before === undefined ? 'ADDED' : 'MODIFIED', stored);
    },
    remove: removeObject,
    bookmark: () => {
      const object = { metadata: { resourceVersion: String(version) } };
      say(JSON.stringify({ type: 'BOOKMARK', object }));
    },
    say,
    closeWatches,
    muteWatches: () => watches.clear(),
    openWatches: () => watches.size,
    compact: () => {
      oldest = ++version;
      events = [];
    },
    failWith: (next) => {
      fault = next;
    },
  };

  function removeObject(path: string, name: string): void {
    const object = objects.get(path)?.get(name);
    if (object === undefined) throw new Error(`no ${path} ${name}`);
    objects.get(path)?.delete(name);
    const metadata = { ...object.metadata, resourceVersion: String(version + 1) };
    note(path, 'DELETED', { ...object, metadata });
  }

  function say(line: string): void {
    for (const { response } of watches) response.write(`${line}\n`);
  }

  function closeWatches(): void {
    for (const { response } of watches) response.end();
    watches.clear();
  }
}

function failed(fault: Fault, response: ServerResponse): void {
  if (fault === 'hang') return;
  if (fault === 'break') return void response.destroy();
  const text = fault.text ?? JSON.stringify({ kind: 'Status', message: `fault ${fault.status}` });
  response.writeHead(fault.status, fault.headers).end(text);
}

function lineOf({ type, object }: StoredEvent): string {
  return `${JSON.stringify({ type, object })}\n`;
}

/** Label selectors of equality, `metadata.name` and the namespace, as the real server applies them. */
function wanted({ metadata }: FakeObject, { path, query }: Asked): boolean {
  const namespace = /\/namespaces\/([^/]+)\//.exec(path)?.[1];
  if (namespace !== undefined && metadata.namespace !== namespace) return false;
  if (query.fieldSelector !== undefined && query.fieldSelector !== `metadata.name=${metadata.name}`)
    return false;
  const labels = (query.labelSelector ?? '').split(',').filter((part) => part !== '');
  return labels.every((part) => {
    const [key = '', value] = part.split('=');
    return metadata.labels?.[key] === value;
  });
}

function discovery(path: string, served: ReadonlyMap<string, Served>): readonly object[] | undefined {
  const groupVersion = /^\/apis\/([^/]+\/[^/]+)$/.exec(path)?.[1];
  if (groupVersion === undefined) return undefined;
  const found = [...served].filter(([key]) => key.startsWith(`${groupVersion}/`));
  if (found.length === 0) return undefined;
  return found.flatMap(([key, each]) => {
    const name = key.slice(groupVersion.length + 1);
    return [
      { name, ...each, verbs: ['list', 'watch'] },
      { name: `${name}/status`, ...each, verbs: ['get'] },
    ];
  });
}

/** `group/plural` of a path that lists a served resource. */
function collection(path: string, served: ReadonlyMap<string, Served>): string | undefined {
  const match = /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/[^/]+)?\/([^/]+)$/.exec(path);
  if (match === null) return undefined;
  const [, group = '', version, plural] = match;
  return served.has(`${group}/${version}/${plural}`) ? `${group}/${plural}` : undefined;
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
