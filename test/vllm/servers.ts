import type { TestProject } from 'vitest/node';
import { startVllm } from './vllm-server.ts';

/** A running server, as the tests get to know it. */
export interface KnownServer {
  readonly address: string;
  readonly port: number;
  /** Of the process group that it is with its engine. */
  readonly pid: number;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly servers: readonly KnownServer[];
  }
}

/** The key that the servers ask for. */
export const API_KEY = 'a-key-for-tests';

const SERVERS = 2;

/** Starts the servers once for all files, since that takes half a minute; returns what ends them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stop = new AbortController();
  const starting = Array.from({ length: SERVERS }, () => startVllm(stop.signal, ['--api-key', API_KEY]));
  try {
    const servers = await Promise.all(starting);
    project.provide(
      'servers',
      servers.map(({ address, port, pid }) => ({ address, port, pid })),
    );
    return async () => {
      stop.abort();
      await Promise.all(servers.map(({ exited }) => exited));
    };
  } catch (error) {
    stop.abort();
    throw error;
  }
}
