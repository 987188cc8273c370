/** A process of its own: Serin's own transport with fixed answers. Its arguments are destinations, which take turns. */
import { createNativeServer } from '../../src/server/grpc/native-server.ts';
import { createHealth } from '../../src/server/health.ts';
import { loadProtos } from '../../src/server/proto.ts';
import { createTimerWheel } from '../../src/server/timer-wheel.ts';
import { createBufferBudget } from '../../src/state/buffer-budget.ts';
import { createFixedAnswer } from './fixed-answer.ts';

const MIB = 1024 * 1024;
const answers = process.argv.slice(2).map(createFixedAnswer);
let turn = 0;
const now = () => performance.now();
const wheel = createTimerWheel({ tickMs: 50, now });
const server = createNativeServer({
  protos: loadProtos(),
  health: createHealth(),
  extProc: (call) => {
    turn = (turn + 1) % answers.length;
    const answer = answers[turn];
    if (answer === undefined) throw new Error('no destination was given');
    return answer(call);
  },
  maxReceiveBytes: 16 * MIB,
  maxStreams: 100_000,
  maxConnections: 1000,
  budget: createBufferBudget(256 * MIB),
  wheel,
  now,
  onRefused: (peer, reason) => console.error(peer, reason),
  onFault: console.error,
});
const stop = new AbortController();
process.once('disconnect', () => stop.abort());
process.send?.({ port: await server.listen('127.0.0.1', 0) });
await wheel.run(stop.signal);
