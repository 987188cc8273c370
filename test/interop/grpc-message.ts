import { loadProtos, SERVICES, serviceOf } from '../../src/server/proto.ts';
import { requestHeaders } from '../integration/serving.ts';

/** The path of the method that Envoy calls. */
export const PROCESS_PATH = `/${SERVICES.extProc}/Process`;

/** Both messages of a completion, framed as gRPC puts them on the wire, to be sent as one body. */
export function framedCompletion(promptBytes: number): Buffer {
  const { Process } = serviceOf(loadProtos(), SERVICES.extProc);
  if (Process === undefined) throw new Error('the protos define no Process');
  const body = Buffer.from(JSON.stringify({ model: 'lora-request', prompt: 'x'.repeat(promptBytes) }));
  const sent = [requestHeaders('test.com'), { request_body: { body, end_of_stream: true } }];
  const messages = sent.map(Process.requestSerialize);
  return Buffer.concat(messages.flatMap((message) => [prefixOf(message), message]));
}

/** Not compressed, and the length. */
function prefixOf(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return prefix;
}
