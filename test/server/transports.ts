import { onTestFinished } from 'vitest';
import { createNativeServer } from '../../src/server/grpc/native-server.ts';
import { createGrpcServer } from '../../src/server/grpc-js.ts';
import type { GrpcServer, GrpcServerOptions } from '../../src/server/grpc-server.ts';
import { createTimerWheel } from '../../src/server/timer-wheel.ts';
import { createBufferBudget } from '../../src/state/buffer-budget.ts';

/** Creates a server of one transport, with generous limits where the options have none. */
export type Transport = (options: GrpcServerOptions) => GrpcServer;

/** The transports by the value of `--transport`; what holds for one has to hold for the other. */
export const TRANSPORTS: readonly (readonly [name: string, transport: Transport])[] = [
  ['native', createNative],
  ['grpc-js', createGrpcServer],
];

function createNative(options: GrpcServerOptions): GrpcServer {
  const now = () => performance.now();
  const wheel = createTimerWheel({ tickMs: 5, now });
  const stop = new AbortController();
  void wheel.run(stop.signal);
  onTestFinished(() => stop.abort());
  return createNativeServer({
    maxStreams: 1000,
    maxConnections: 100,
    budget: createBufferBudget(64 << 20),
    wheel,
    now,
    onRefused: () => undefined,
    onFault: (error) => {
      throw error;
    },
    ...options,
  });
}
