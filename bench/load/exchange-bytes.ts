import { loadProtos, SERVICES, serviceOf } from '../../src/server/proto.ts';
import { withPrefix } from '../servers/grpc-framing.ts';
import { requestMessages, responseMessage } from './envoy-messages.ts';

/** The bytes of one exchange, made once and sent again and again. */
export interface ExchangeBytes {
  readonly bodyBytes: number;
  /** The framed messages: those of the request phase, then the one of the response phase. */
  readonly messages: readonly Buffer[];
}

/** Encodes the messages of a request with a body of so many bytes. */
export function exchangeBytes(bodyBytes: number): ExchangeBytes {
  const { Process } = serviceOf(loadProtos(), SERVICES.extProc);
  if (Process === undefined) throw new Error('the protos define no Process');
  const messages = [...requestMessages(bodyBytes), responseMessage()];
  return { bodyBytes, messages: messages.map((message) => withPrefix(Process.requestSerialize(message))) };
}
