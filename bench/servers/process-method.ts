import type { MethodDefinition } from '@grpc/proto-loader';
import type { WireResponse } from '../../src/extproc/wire.ts';
import { loadProtos, SERVICES, serviceOf } from '../../src/server/proto.ts';
import { withPrefix } from './grpc-framing.ts';

/** The method of ext_proc with the protobuf library's codec, which shares no code with Serin's own. */
export function processMethod(): MethodDefinition<object, object> {
  const { Process } = serviceOf(loadProtos(), SERVICES.extProc);
  if (Process === undefined) throw new Error('the protos define no Process');
  return Process;
}

/** Creates what turns replies into the bytes of DATA frames. */
export function createReplyFramer(): (reply: WireResponse) => Buffer {
  const { responseSerialize } = processMethod();
  return (reply) => withPrefix(responseSerialize(reply));
}
