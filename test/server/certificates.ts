import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { generate } from 'selfsigned';
import { onTestFinished } from 'vitest';

/** A certificate and its key, as PEM. */
export interface Pem {
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate that signs itself, and may sign others. */
export async function createAuthority(name: string): Promise<Pem> {
  const made = await generate([{ name: 'commonName', value: name }], {
    algorithm: 'sha256',
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** Makes a certificate for a client or a server that the authority signs. */
export async function createSigned(name: string, authority: Pem): Promise<Pem> {
  const made = await generate([{ name: 'commonName', value: name }], {
    algorithm: 'sha256',
    keyType: 'ec',
    ca: authority,
  });
  return { cert: made.cert, key: made.private };
}

/** Makes a folder that goes with the test, with `tls.crt` and `tls.key` in it. */
export function createCertFolder(pair: Pem): string {
  const folder = mkdtempSync(join(tmpdir(), 'serin-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeCertificate(folder, pair);
  writeKey(folder, pair);
  return folder;
}

/** Puts a certificate in the place of the one that is there, in one step. */
export function writeCertificate(folder: string, { cert }: Pick<Pem, 'cert'>): void {
  replaceFile(join(folder, 'tls.crt'), cert);
}

/** Puts a key in the place of the one that is there, in one step. */
export function writeKey(folder: string, { key }: Pick<Pem, 'key'>): void {
  replaceFile(join(folder, 'tls.key'), key);
}

function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** What a port shows to a new connection. */
export function shownBy(
  port: number,
): Promise<{ readonly name: string; readonly protocol: string | false | null }> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { port, host: '127.0.0.1', ALPNProtocols: ['h2'], rejectUnauthorized: false },
      () => {
        resolve({ name: String(socket.getPeerCertificate().subject.CN), protocol: socket.alpnProtocol });
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });
}
