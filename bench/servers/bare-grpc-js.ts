/** A process of its own: grpc-js with a fixed answer. Its argument is the destination. */
import { createGrpcServer } from '../../src/server/grpc-js.ts';
import { createHealth } from '../../src/server/health.ts';
import { loadProtos } from '../../src/server/proto.ts';
import { createFixedAnswer } from './fixed-answer.ts';

const [, , destination = ''] = process.argv;
const server = createGrpcServer({
  protos: loadProtos(),
  health: createHealth(),
  extProc: createFixedAnswer(destination),
  maxReceiveBytes: 16 * 1024 * 1024,
});
process.send?.({ port: await server.listen('127.0.0.1', 0) });
