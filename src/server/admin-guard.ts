import { parseIp } from '../core/address.ts';
import type { AdminRequest, Guard, Refusal } from './admin.ts';

/** Who asks for what. */
export interface Access {
  readonly token: string;
  /** As RBAC has it for paths: the method in lower case. */
  readonly verb: string;
  readonly path: string;
}

/** Whether the holder of a token may do something; `failed` says that nobody knows. */
export type Verdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'forbidden'; readonly user: string }
  | { readonly kind: 'failed' };

/** What guards a port. */
export interface GuardOptions {
  /** Names by which it may be asked beside IP addresses and localhost. */
  readonly hosts: readonly string[];
  /** Paths that tell nothing and may be read without a token, so that a browser can show what asks for one. */
  readonly open: { readonly has: (path: string) => boolean };
  /** Without it no token is asked for, and only reading is allowed. */
  readonly authorize: ((access: Access) => Promise<Verdict>) | undefined;
}

/** Creates the guard of the port for people. */
export function createAdminGuard({ hosts, open, authorize }: GuardOptions): Guard {
  const trusted = new Set(['localhost', ...hosts]);
  return async (request) => {
    if (!isTrusted(request.host, trusted)) return NOT_HERE;
    const verb = verbOf(request.method);
    if (verb === 'get' && (authorize === undefined || open.has(request.path))) return undefined;
    return authorize === undefined ? READ_ONLY : checkToken(request, verb, authorize);
  };
}

async function checkToken(
  { path, authorization }: AdminRequest,
  verb: string,
  authorize: NonNullable<GuardOptions['authorize']>,
): Promise<Refusal | undefined> {
  const token = tokenOf(authorization);
  if (token === undefined) return STRANGER;
  return refusalOf(await authorize({ token, verb, path }), `${verb} ${path}`);
}

/** A head tells nothing that the page does not. */
function verbOf(method: string): string {
  return method === 'HEAD' ? 'get' : method.toLowerCase();
}

function tokenOf(authorization = ''): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
}

/**
 * A page of a stranger whose name suddenly stands for this machine says that name in its requests; an IP address
 * cannot be made to stand for another one.
 */
function isTrusted(host: string | undefined, names: ReadonlySet<string>): boolean {
  const name = (host ?? '').replace(/:\d*$/, '').toLowerCase();
  return names.has(name) || parseIp(name) !== undefined;
}

const NOT_HERE: Refusal = { status: 403, text: 'ask by IP address, localhost, or a name of --admin-hosts\n' };
const READ_ONLY: Refusal = { status: 403, text: 'what changes something needs --admin-auth=token\n' };
const STRANGER: Refusal = { status: 401, text: 'a bearer token of the cluster is needed\n' };
const UNCHECKED: Refusal = { status: 503, text: 'the token could not be checked; the log says why\n' };

function refusalOf(verdict: Verdict, wanted: string): Refusal | undefined {
  switch (verdict.kind) {
    case 'allowed':
      return undefined;
    case 'stranger':
      return STRANGER;
    case 'forbidden':
      return { status: 403, text: `${verdict.user} may not ${wanted}\n` };
    case 'failed':
      return UNCHECKED;
  }
}
