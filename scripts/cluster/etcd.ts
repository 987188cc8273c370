import { join } from 'node:path';
import { freePort } from '../../src/demo/free-port.ts';
import { type Program, startProgram } from './program.ts';

/** What etcd is started with. */
export interface EtcdOptions {
  readonly path: string;
  /** Its data goes below it. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Starts etcd on ports of 127.0.0.1 that are free; whoever needs it waits for it. */
export async function startEtcd(options: EtcdOptions): Promise<Program & { readonly url: string }> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const listen = ['--listen-client-urls', url, '--advertise-client-urls', url];
  const peers = ['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer];
  const name = ['--name', 'default', '--initial-cluster', `default=${peer}`, '--logger', 'zap'];
  const args = ['--data-dir', join(options.folder, 'store'), ...listen, ...peers, ...name];
  return { url, ...startProgram(options.path, args, options.signal) };
}
