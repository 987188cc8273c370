import { join } from 'node:path';
import { startPod } from '../e2e/pod.ts';
import { type Serin, startSerin } from '../e2e/serin.ts';

/** A real `serin serve` process with one pod behind it. */
export interface Serving {
  readonly serin: Serin;
  readonly port: number;
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly stop: () => Promise<void>;
}

/** The transport that the suite is about; grpc-js rests on Node's own HTTP/2, which fails some of it. */
const TRANSPORT = '--transport=native';
const MANIFESTS = join(import.meta.dirname, '../../examples/multi-lora');

/** The two ways in which a client reaches the port, with the flag that makes it so. */
export const SECURITY = [
  { name: 'plaintext', flag: '--secure-serving=false', secure: false },
  { name: 'TLS', flag: '--secure-serving=true', secure: true },
] as const;

/** Starts both; resolves once Serin is ready. */
export async function startServing(...flags: readonly string[]): Promise<Serving> {
  const pod = await startPod('127.0.0.1', {}, () => undefined);
  const stop = new AbortController();
  const serin = await startSerin({
    host: '127.0.0.1',
    manifests: MANIFESTS,
    pods: [pod.address],
    flags: [TRANSPORT, ...flags],
    signal: stop.signal,
  });
  return {
    serin,
    port: serin.grpcPort,
    address: `127.0.0.1:${serin.grpcPort}`,
    stop: async () => {
      stop.abort();
      await serin.exited;
      await pod.kill();
    },
  };
}
