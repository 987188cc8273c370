/**
 * A process of its own: the whole picker on its own transport, that notes for each request how long it took from
 * the last message of the request phase, when it was read, until the socket has been given the reply. Asked, it
 * tells these times in milliseconds and forgets them. Its arguments are the pods.
 */
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createPicker } from '../../src/app-picker.ts';
import { createGrpcPorts } from '../../src/app-ports.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { WireRequest } from '../../src/extproc/wire.ts';
import type { ExtProcService } from '../../src/server/ext-proc-call.ts';
import { createHealth } from '../../src/server/health.ts';
import { createLog } from '../../src/telemetry/log.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/multi-lora');
const FLAGS = [
  '--secure-serving=false',
  '--manifests',
  EXAMPLE,
  '--endpoints',
  process.argv.slice(2).join(','),
];

const now = () => performance.now();
const took: number[] = [];
/** When the requests were read whose replies no socket has been given. */
const unwritten: number[] = [];

/**
 * Has every write of a socket settle what waits for one. A connection reads a chunk and writes its replies without
 * anything else in between, so what waits is its own; scrapes write with nothing waiting.
 */
function timeWrites(): void {
  const { write } = Socket.prototype;
  Socket.prototype.write = function (this: Socket, ...args: Parameters<typeof write>) {
    const isTaken = Reflect.apply(write, this, args);
    if (this.writableCorked === 0) settle();
    return isTaken;
  } as typeof write;
  const { uncork } = Socket.prototype;
  Socket.prototype.uncork = function (this: Socket) {
    Reflect.apply(uncork, this, []);
    settle();
  };
}

function settle(): void {
  if (unwritten.length === 0) return;
  const writtenMs = now();
  for (const readMs of unwritten) took.push(writtenMs - readMs);
  unwritten.length = 0;
}

/** Notes the times of every call of a service. */
function timed(service: ExtProcService): ExtProcService {
  return (call) => {
    const { onMessage, ...handlers } = service(call);
    return {
      ...handlers,
      onMessage: (message) => {
        const readMs = now();
        onMessage(message);
        if (endsRequest(message)) unwritten.push(readMs);
      },
    };
  };
}

function endsRequest({ request_body, request_headers }: WireRequest): boolean {
  return request_body?.end_of_stream === true || request_headers?.end_of_stream === true;
}

timeWrites();
const parsed = parseConfig(FLAGS, {});
if (parsed.kind === 'invalid') throw new Error(parsed.problems.join());
const { config } = parsed;
const log = createLog(0, process.stderr);
const stop = new AbortController();
const picker = await createPicker({ config, log, env: {} }, stop.signal);
const services = { ...picker.services, extProc: timed(picker.services.extProc) };
const { main } = await createGrpcPorts(config, {
  ...services,
  health: createHealth(),
  wheel: picker.wheel,
  now,
  log,
  metrics: picker.metrics.requests,
});
for (const part of picker.parts) void part.run(stop.signal);
const port = await main.listen('127.0.0.1', 0);
await Promise.all(picker.sources.map(({ condition }) => condition.met));
await picker.scraper.firstRound();
process.on('message', () => process.send?.({ took: took.splice(0) }));
process.once('disconnect', () => process.exit());
process.send?.({ port });
