import { connect, createServer } from 'node:net';

/** Whether a port on 127.0.0.1 can be listened on, or why not. */
export type PortState = { readonly kind: 'free' } | { readonly kind: 'taken'; readonly problem: string };

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

/** Listens on a port of 127.0.0.1 for a moment and resolves to it; port 0 gives a free one. */
function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}

/**
 * Looks whether a port is free. Envoy itself would not notice: it shares a port with another Envoy, and macOS
 * lets 127.0.0.1 be bound beside 0.0.0.0.
 */
export async function portState(port: number): Promise<PortState> {
  const advice = 'choose another one with --port';
  if (await answers(port)) {
    return { kind: 'taken', problem: `Port ${port} is taken: stop what listens there, or ${advice}.` };
  }
  try {
    await listenOnce(port);
    return { kind: 'free' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'taken', problem: `Port ${port} cannot be used (${reason}): ${advice}.` };
  }
}

/** Some port of 127.0.0.1 that nobody listens on. */
export function freePort(): Promise<number> {
  return listenOnce(0);
}
