import { isDeepStrictEqual } from 'node:util';
import { Client, credentials } from '@grpc/grpc-js';
import { z } from 'zod';
import { DESTINATION_HEADER } from '../../src/extproc/keys.ts';
import type { WireRequest, WireResponse } from '../../src/extproc/wire.ts';
import { completionBody } from '../load/completion.ts';
import { requestMessages, responseMessage } from '../load/envoy-messages.ts';
import type { ServerName } from '../servers/kinds.ts';
import { processMethod } from '../servers/process-method.ts';
import type { RunningServer } from '../servers/start-server.ts';

const BODY_BYTES = 100_000;
const DEADLINE_MS = 60_000;
/** Go's pickers write JSON anew, in an order of their own. */
const REWRITERS: ReadonlySet<ServerName> = new Set(['peer']);
const bodySchema = z.record(z.string(), z.unknown());
const MODEL = /"model":"[^"]+"/;

/**
 * Sends one request and reads the replies whole, which the load generator does not: it has a destination, the
 * body is as it was but for the model's name (a peer may have written its JSON anew), and the response phase is answered.
 * Throws if not.
 */
export async function checkReplies({ name, port }: RunningServer): Promise<void> {
  const replies = await exchange(port);
  const wrong = faultOf(replies, REWRITERS.has(name) ? isSameJson : isSameText);
  if (wrong !== undefined) throw new Error(`${name} ${wrong}: ${JSON.stringify(replies).slice(0, 500)}`);
}

function isSameText(one: string, other: string): boolean {
  return one.replace(MODEL, '') === other.replace(MODEL, '');
}

function isSameJson(one: string, other: string): boolean {
  const comparable = (text: string) => ({ ...bodySchema.parse(JSON.parse(text)), model: '' });
  return isDeepStrictEqual(comparable(one), comparable(other));
}

function faultOf(
  replies: readonly WireResponse[],
  isSame: (one: string, other: string) => boolean,
): string | undefined {
  const set = replies.flatMap((reply) => reply.request_headers?.response?.header_mutation?.set_headers ?? []);
  if (!set.some(({ header }) => header.key === DESTINATION_HEADER)) return 'names no destination';
  const chunks = replies.flatMap((reply) => {
    const body = reply.request_body?.response?.body_mutation?.streamed_response?.body;
    return body === undefined ? [] : [body];
  });
  if (!isSame(`${Buffer.concat(chunks.flat())}`, `${completionBody(BODY_BYTES)}`)) {
    return 'changes the body';
  }
  return replies.at(-1)?.response_headers === undefined ? 'does not answer the response' : undefined;
}

/** All replies, the last of which answers the response headers. */
async function exchange(port: number): Promise<readonly WireResponse[]> {
  const method = processMethod();
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const call = client.makeBidiStreamRequest(
    method.path,
    (message: WireRequest) => method.requestSerialize(message),
    (bytes: Buffer) => method.responseDeserialize(bytes) as WireResponse,
    { deadline: Date.now() + DEADLINE_MS },
  );
  for (const message of requestMessages(BODY_BYTES)) call.write(message);
  const replies: WireResponse[] = [];
  const done = Promise.withResolvers<void>();
  call.on('error', done.reject);
  call.on('data', (reply: WireResponse) => {
    replies.push(reply);
    if (reply.request_body?.response?.body_mutation?.streamed_response?.end_of_stream === true) {
      call.write(responseMessage());
    }
    if (reply.response_headers !== undefined || reply.immediate_response !== undefined) done.resolve();
  });
  await done.promise.finally(() => {
    call.on('error', () => undefined);
    call.cancel();
    client.close();
  });
  return replies;
}
