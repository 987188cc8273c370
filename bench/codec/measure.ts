import { LB_NAMESPACE } from '../../src/extproc/keys.ts';
import { createRequestReader } from '../../src/extproc/read-request.ts';
import type { WireRequest, WireResponse } from '../../src/extproc/wire.ts';
import { createResponseWriter } from '../../src/extproc/write-response.ts';
import { completionBody } from '../load/completion.ts';
import { requestMessages, responseMessage } from '../load/envoy-messages.ts';
import { type Effort, takeTurns } from '../micro/turns.ts';
import { headersReply, RESPONSE_HEADERS_REPLY } from '../servers/fixed-answer.ts';
import { processMethod } from '../servers/process-method.ts';

/** What one message costs to read or to write. */
export interface CodecRow {
  readonly message: string;
  readonly bytes: number;
  readonly us: number;
  /** With the code that protobufjs generates from the same protos, by @grpc/proto-loader. */
  readonly floorUs: number;
  readonly ratio: number;
}

const KIB = 1024;
const DESTINATION = '10.0.0.1:8000';

interface Piece {
  readonly message: string;
  readonly bytes: number;
  readonly ours: () => unknown;
  readonly floor: () => unknown;
}

/** Times every message of a request, ours and the floor in turns. */
export function measureCodec(effort: Effort): readonly CodecRow[] {
  return [...reads(), ...writes()].map(({ message, bytes, ours, floor }) => {
    const turns = takeTurns(
      new Map([
        ['ours', used(ours)],
        ['floor', used(floor)],
      ]),
      effort,
    );
    const ratio = turns.ratio('ours', 'floor');
    return { message, bytes, us: turns.us('ours'), floorUs: turns.us('floor'), ratio };
  });
}

/** What nobody reads, the compiler may leave out. */
function used(work: () => unknown): () => void {
  return () => {
    if (work() === undefined) throw new Error('nothing came of it');
  };
}

function reads(): readonly Piece[] {
  const { requestSerialize, requestDeserialize } = processMethod();
  const readRequest = createRequestReader();
  const [headers, chunk] = requestMessages(KIB);
  const [, large] = requestMessages(16 * KIB);
  const end: WireRequest = { request_body: { end_of_stream: true } };
  const messages: readonly (readonly [string, WireRequest | undefined])[] = [
    ['read request headers', headers],
    ['read 1 KiB of a body', chunk],
    ['read 16 KiB of a body', large],
    ['read the end of a body', end],
    ['read response headers', responseMessage()],
  ];
  return messages.map(([message, wire]) => {
    const bytes = requestSerialize(wire ?? {});
    return {
      message,
      bytes: bytes.length,
      ours: () => readRequest(bytes),
      floor: () => requestDeserialize(bytes),
    };
  });
}

function writes(): readonly Piece[] {
  const { responseSerialize } = processMethod();
  const writeResponse = createResponseWriter();
  const messages: readonly (readonly [string, WireResponse])[] = [
    ['write a destination', headersReply(DESTINATION)],
    ['write a destination and metadata', describedReply()],
    ['write 1 KiB of a body', bodyReply(KIB)],
    ['write 16 KiB of a body', bodyReply(16 * KIB)],
    ['write the answer to response headers', RESPONSE_HEADERS_REPLY],
  ];
  return messages.map(([message, wire]) => ({
    message,
    bytes: responseSerialize(wire).length,
    ours: () => writeResponse(wire),
    floor: () => responseSerialize(wire),
  }));
}

/** A destination with what Serin tells of its decision for access logs. */
function describedReply(): WireResponse {
  const reply = headersReply(DESTINATION);
  const told = ['pool', 'model', 'target', 'reason', 'pod'].map(
    (key) => [key, { stringValue: `the-${key}-of-a-request` }] as const,
  );
  const { fields } = reply.dynamic_metadata ?? { fields: {} };
  const serin = { structValue: { fields: Object.fromEntries(told) } };
  return { ...reply, dynamic_metadata: { fields: { ...fields, [`${LB_NAMESPACE}.decision`]: serin } } };
}

function bodyReply(bytes: number): WireResponse {
  const streamed_response = { body: completionBody(bytes), end_of_stream: true };
  return { request_body: { response: { body_mutation: { streamed_response } } } };
}
