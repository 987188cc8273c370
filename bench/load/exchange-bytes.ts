import { withPrefix } from '../servers/grpc-framing.ts';
import { processMethod } from '../servers/process-method.ts';
import { requestMessages, responseMessage } from './envoy-messages.ts';

/** The bytes of one exchange, made once and sent again and again. */
export interface ExchangeBytes {
  readonly bodyBytes: number;
  /** The framed messages: those of the request phase, then the one of the response phase. */
  readonly messages: readonly Buffer[];
}

/** Encodes the messages of a request with a body of so many bytes. */
export function exchangeBytes(bodyBytes: number): ExchangeBytes {
  const { requestSerialize } = processMethod();
  const messages = [...requestMessages(bodyBytes), responseMessage()];
  return { bodyBytes, messages: messages.map((message) => withPrefix(requestSerialize(message))) };
}
