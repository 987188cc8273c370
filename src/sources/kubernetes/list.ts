import { type Answer, getJson, type NoAnswer, type Refusal } from './answer.ts';
import type { ApiObject } from './api-object.ts';
import { readPage } from './api-object.ts';
import type { OpenApi } from './api-server.ts';
import { collectionPath, type Resource } from './resource.ts';

/** Which objects of a resource are wanted. */
export interface Selection {
  readonly resource: Resource;
  /** All namespaces if undefined. */
  readonly namespace: string | undefined;
  /** As `kubectl -l` takes it. */
  readonly labelSelector?: string;
  /** As `kubectl --field-selector` takes it. */
  readonly fieldSelector?: string;
}

/** All objects of a selection, and the version from which a watch goes on. */
export interface Listed {
  readonly kind: 'listed';
  readonly objects: readonly ApiObject[];
  readonly resourceVersion: string;
}

/** How a list is asked for. */
export interface ListOptions {
  readonly open: OpenApi;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A page of a thousand pods would hold the event loop, and with it every request, for too long. */
const PAGE_SIZE = 250;
const EXPIRED = 410;

/** Lists all objects of a selection, page by page. */
export async function listAll(
  selection: Selection,
  options: ListOptions,
): Promise<Listed | Refusal | NoAnswer> {
  const paged = await listPages(selection, options, PAGE_SIZE);
  // The state that the first page was of is forgotten already: without pages there is nothing to forget.
  return paged.kind === 'refused' && paged.status === EXPIRED ? listPages(selection, options, 0) : paged;
}

async function listPages(
  selection: Selection,
  { open, ...rest }: ListOptions,
  limit: number,
): Promise<Listed | Refusal | NoAnswer> {
  const objects: ApiObject[] = [];
  for (let next: string | undefined; ; ) {
    const query = { limit: String(limit), ...(next === undefined ? {} : { continue: next }) };
    const answer = await getJson(open, selectionPath(selection, query), rest);
    const page = pageOf(answer, selection.resource);
    if (page.kind !== 'page') return page;
    objects.push(...page.objects);
    if (page.next === undefined) return { kind: 'listed', objects, resourceVersion: page.resourceVersion };
    next = page.next;
  }
}

function pageOf(answer: Answer, resource: Resource) {
  if (answer.kind !== 'ok') return answer;
  const page = readPage(answer.value, resource);
  if (page === undefined)
    return { kind: 'failed', message: `the answer is no list of ${resource.kind}` } as const;
  return { kind: 'page', ...page } as const;
}

/** The path and query that ask for a selection. */
export function selectionPath(selection: Selection, query: Readonly<Record<string, string>>): string {
  const { resource, namespace, labelSelector, fieldSelector } = selection;
  const parameters = new URLSearchParams({
    ...query,
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  });
  return `${collectionPath(resource, namespace)}?${parameters}`;
}
