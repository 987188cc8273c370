import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { generate } from 'selfsigned';

/** A certificate chain and its key, as PEM. */
export interface KeyPair {
  readonly certificate: Buffer;
  readonly privateKey: Buffer;
}

/** The key pair that the server shows, and its later versions. */
export interface TlsSource {
  readonly current: () => KeyPair;
  /** Calls the listener with every later pair. */
  readonly subscribe: (listener: (pair: KeyPair) => void) => void;
  /** Looks for rotated files until the signal aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** What is told of rotations. */
export interface TlsReport {
  readonly rotated: () => void;
  /** The new files are no pair; the last good one stays. Once per change. */
  readonly broken: (message: string) => void;
}

/** How often the files are read again; a rotated secret takes the kubelet a minute to mount anyway. */
const POLL_MS = 2_000;

/** Makes a certificate that nobody signs, for data planes that do not verify the picker (proposal 004). */
export async function createSelfSignedTls(): Promise<TlsSource> {
  const pair = await generate([{ name: 'commonName', value: 'serin' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    notAfterDate: new Date(Date.now() + 10 * 365 * 86_400_000),
  });
  const current = { certificate: Buffer.from(pair.cert), privateKey: Buffer.from(pair.private) };
  return { current: () => current, subscribe: () => undefined, run: async () => undefined };
}

/** Reads `tls.crt` and `tls.key` from a folder and follows them; rejects if they are no pair at the start. */
export async function createFileTls(
  folder: string,
  report: TlsReport,
  pollMs: number = POLL_MS,
): Promise<TlsSource> {
  const listeners = new Set<(pair: KeyPair) => void>();
  let current = await readPair(folder);
  let lastProblem = '';

  function take(next: KeyPair): void {
    lastProblem = '';
    if (samePair(next, current)) return;
    current = next;
    for (const listener of listeners) listener(next);
    report.rotated();
  }

  function refuse(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message !== lastProblem) report.broken(message);
    lastProblem = message;
  }

  return {
    current: () => current,
    subscribe: (listener) => void listeners.add(listener),
    run: async (signal) => {
      while (!signal.aborted) {
        await sleep(pollMs, undefined, { signal, ref: false }).catch(() => undefined);
        if (!signal.aborted) await readPair(folder).then(take, refuse);
      }
    },
  };
}

async function readPair(folder: string): Promise<KeyPair> {
  const [certificate, privateKey] = await Promise.all([
    readFile(join(folder, 'tls.crt')),
    readFile(join(folder, 'tls.key')),
  ]);
  // Throws if the key is not the certificate's, as between the two writes of a rotation.
  createSecureContext({ cert: certificate, key: privateKey });
  return { certificate, privateKey };
}

function samePair(a: KeyPair, b: KeyPair): boolean {
  return a.certificate.equals(b.certificate) && a.privateKey.equals(b.privateKey);
}
