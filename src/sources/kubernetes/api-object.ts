import { apiVersionOf, type Resource } from './resource.ts';

/** One object as the API server gave it, with what makes it the same object after an edit. */
export interface ApiObject {
  readonly uid: string;
  /** `InferenceModel default/lora-request (group/version)`, for reports. */
  readonly title: string;
  /** The same as long as the object is the same, read in the same version of its kind. */
  readonly stamp: string | undefined;
  readonly value: Readonly<Record<string, unknown>>;
}

/** What has become of one object. */
export interface Change {
  readonly kind: 'set' | 'deleted';
  readonly object: ApiObject;
}

/** One page of a list. */
export interface Page {
  readonly objects: readonly ApiObject[];
  readonly resourceVersion: string;
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/** One line of a watch. */
export type WatchEvent =
  | { readonly kind: 'change'; readonly change: Change; readonly resourceVersion: string | undefined }
  | { readonly kind: 'bookmark'; readonly resourceVersion: string | undefined }
  | { readonly kind: 'error'; readonly status: number; readonly message: string }
  /** A line that a broken connection cut, or of a type that no server sends. */
  | { readonly kind: 'unreadable' };

/** Reads one page; undefined if it is no list. */
export function readPage(value: unknown, resource: Resource): Page | undefined {
  if (!isRecord(value) || !Array.isArray(value.items) || !isRecord(value.metadata)) return undefined;
  const { resourceVersion, continue: next } = value.metadata;
  if (typeof resourceVersion !== 'string') return undefined;
  const objects = value.items.flatMap((item) => objectOf(item, resource) ?? []);
  return { objects, resourceVersion, next: typeof next === 'string' && next !== '' ? next : undefined };
}

/** Reads one line of a watch. */
export function readEvent(line: string, resource: Resource): WatchEvent {
  const event = parse(line);
  if (!isRecord(event) || !isRecord(event.object)) return { kind: 'unreadable' };
  const { type, object } = event;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return change('set', object, resource);
    case 'DELETED':
      return change('deleted', object, resource);
    case 'BOOKMARK':
      return { kind: 'bookmark', resourceVersion: versionOf(object) };
    case 'ERROR':
      return {
        kind: 'error',
        status: typeof object.code === 'number' ? object.code : 0,
        message: typeof object.message === 'string' ? object.message : 'an error without a message',
      };
    default:
      return { kind: 'unreadable' };
  }
}

function change(kind: Change['kind'], value: Record<string, unknown>, resource: Resource): WatchEvent {
  const object = objectOf(value, resource);
  if (object === undefined) return { kind: 'unreadable' };
  return { kind: 'change', change: { kind, object }, resourceVersion: versionOf(value) };
}

/** Items of a list do not name their kind; it is the list's. */
function objectOf(item: unknown, resource: Resource): ApiObject | undefined {
  if (!isRecord(item) || !isRecord(item.metadata)) return undefined;
  const { uid, namespace, name } = item.metadata;
  const resourceVersion = versionOf(item);
  const apiVersion = apiVersionOf(resource);
  // Objects are whatever the server sends: a name that is no text names nothing.
  const path = [namespace, name].map((part) => (typeof part === 'string' ? part : '')).join('/');
  return {
    uid: typeof uid === 'string' ? uid : path,
    title: `${resource.kind} ${path} (${apiVersion})`,
    stamp: resourceVersion && `${apiVersion} ${resourceVersion}`,
    value: { ...item, apiVersion, kind: resource.kind },
  };
}

function versionOf({ metadata }: Record<string, unknown>): string | undefined {
  const version = isRecord(metadata) ? metadata.resourceVersion : undefined;
  return typeof version === 'string' ? version : undefined;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
