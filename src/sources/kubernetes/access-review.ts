import { z } from 'zod';
import { type Answer, sendJson } from './answer.ts';
import type { OpenApi } from './api-server.ts';

/** Who wants to do what with a path. */
export interface AccessAsked {
  readonly token: string;
  readonly verb: string;
  readonly path: string;
}

/** What the API server says of it; `failed` says that it could not be asked. */
export type Reviewed =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'forbidden'; readonly user: string }
  | { readonly kind: 'failed'; readonly message: string };

/** How the API server is asked. */
export interface ReviewOptions {
  readonly open: OpenApi;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const TOKEN_REVIEWS = '/apis/authentication.k8s.io/v1/tokenreviews';
const ACCESS_REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

// The user of a token that is nobody's is an object without fields.
const userInfo = z.object({
  username: z.string().optional(),
  uid: z.string().optional(),
  groups: z.array(z.string()).optional(),
  extra: z.record(z.string(), z.array(z.string())).optional(),
});

const tokenReview = z.object({
  status: z.object({ authenticated: z.boolean().optional(), user: userInfo.optional() }),
});

const accessReview = z.object({ status: z.object({ allowed: z.boolean(), denied: z.boolean().optional() }) });

/** Asks the API server whose token it is, and whether that user may do this; anything but a clear yes is a no. */
export async function reviewAccess(asked: AccessAsked, options: ReviewOptions): Promise<Reviewed> {
  const reviewed = await ask(asked, options);
  if (reviewed.kind !== 'failed') return reviewed;
  // The message goes to the log, and whoever answers may repeat what was asked.
  return { kind: 'failed', message: reviewed.message.replaceAll(asked.token, '(token)') };
}

async function ask(asked: AccessAsked, options: ReviewOptions): Promise<Reviewed> {
  const { token, verb, path } = asked;
  const identity = await review(options, TOKEN_REVIEWS, { spec: { token } });
  if (identity.kind === 'failed') return identity;
  const known = tokenReview.safeParse(identity.value);
  if (!known.success) return { kind: 'failed', message: 'the answer is no TokenReview' };
  const { authenticated, user: { username: user = '', ...rest } = {} } = known.data.status;
  if (authenticated !== true || user === '') return { kind: 'stranger' };
  const spec = { user, ...rest, nonResourceAttributes: { path, verb } };
  const rights = await review(options, ACCESS_REVIEWS, { spec });
  if (rights.kind === 'failed') return rights;
  const told = accessReview.safeParse(rights.value);
  if (!told.success) return { kind: 'failed', message: 'the answer is no SubjectAccessReview' };
  const { allowed, denied } = told.data.status;
  return allowed && denied !== true ? { kind: 'allowed' } : { kind: 'forbidden', user };
}

async function review({ open, ...patience }: ReviewOptions, path: string, value: object) {
  const sent = { method: 'POST', contentType: 'application/json', body: JSON.stringify(value) } as const;
  const answer = await sendJson(open, { path, ...sent }, patience);
  return answer.kind === 'ok' ? answer : ({ kind: 'failed', message: messageOf(answer) } as const);
}

function messageOf(answer: Exclude<Answer, { kind: 'ok' }>): string {
  return answer.kind === 'refused' ? `${answer.status}: ${answer.message}` : answer.message;
}
