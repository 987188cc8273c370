import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createShell } from '../../scripts/docker/shell.ts';
import { supervise } from '../../src/envoy-binary/supervise.ts';
import { SERVICES } from '../../src/server/proto.ts';
import { createAuthority, createCertFolder, createSigned, type Pem } from '../server/certificates.ts';
import { SECURITY, type Serving, startServing } from './serving.ts';

const { signal } = new AbortController();
const shell = createShell(process.env, signal);
const PROCESS = `${SERVICES.extProc}/Process`;
const CHECK = `${SERVICES.health}/Check`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** What a completion consists of, as grpcurl takes messages: JSON, one after the other. */
const COMPLETION = [
  {
    request_headers: { headers: { headers: [{ key: ':authority', raw_value: base64('test.com') }] } },
    protocol_config: { request_body_mode: 'BUFFERED' },
  },
  { request_body: { body: base64('{"model":"sql-lora"}'), end_of_stream: true } },
];

describe.each(SECURITY)('grpcurl over $name', ({ flag, secure }) => {
  const security = secure ? '-insecure' : '-plaintext';
  let serving: Serving;
  beforeAll(async () => {
    serving = await startServing(flag);
  });
  afterAll(() => serving.stop());

  const grpcurl = (options: readonly string[], ...args: readonly string[]) =>
    shell.run('grpcurl', [security, ...options, serving.address, ...args]);

  it('lists the services', async () => {
    expect((await grpcurl([], 'list')).trim().split('\n')).toEqual(Object.values(SERVICES).sort());
  });

  it('describes a service and a message that lies in another file', async () => {
    expect(await grpcurl([], 'describe', SERVICES.extProc)).toContain('rpc Process ( stream .envoy');
    expect(await grpcurl([], 'describe', 'envoy.config.core.v3.HeaderValue')).toContain(
      'bytes raw_value = 3',
    );
  });

  it.each([
    ['', 'SERVING'],
    ['liveness', 'SERVING'],
    [SERVICES.extProc, 'SERVING'],
  ])('asks for the health of %j', async (service, status) => {
    expect(JSON.parse(await grpcurl(['-d', JSON.stringify({ service })], CHECK))).toEqual({ status });
  });

  it('hears that the health of an unknown service is not known', async () => {
    const unknown = ['-d', '{"service": "unknown"}'];
    const { stderr } = await shell.try('grpcurl', [security, ...unknown, serving.address, CHECK]);
    expect(stderr).toContain('Code: NotFound');
  });

  it('has a completion answered, message by message', async () => {
    const answers = await grpcurl(['-d', COMPLETION.map((each) => JSON.stringify(each)).join('')], PROCESS);
    const replies = JSON.parse(`[${answers.replaceAll(/\n\}\n\{/g, '\n},{')}]`) as readonly object[];
    expect(replies.map((reply) => Object.keys(reply)[0])).toEqual(['requestHeaders', 'requestBody']);
    expect(JSON.stringify(replies)).toContain('"key":"x-gateway-destination-endpoint"');
  });
});

describe.each(SECURITY)('the health that grpcurl watches over $name', ({ flag, secure }) => {
  it('goes to NOT_SERVING with the drain, which ends the watch', async () => {
    const serving = await startServing(flag, '--drain-delay=500ms');
    const args = [secure ? '-insecure' : '-plaintext', serving.address, `${SERVICES.health}/Watch`];
    const watch = spawn('grpcurl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const seen: string[] = [];
    const ended = supervise(watch, {
      signal,
      onLine: (line) => {
        const [, told] =
          /"status": "(\w+)"|Code: (\w+)/.exec(line)?.filter((part) => part !== undefined) ?? [];
        if (told !== undefined) seen.push(told);
        if (told === 'SERVING') serving.serin.terminate();
      },
    });
    await ended;
    expect(seen).toEqual(['SERVING', 'NOT_SERVING', 'Unavailable']);
    await serving.stop();
  });
});

/** Lays a client's pair down in a folder of its own, for grpcurl to read. */
function clientFiles(pair: Pem): readonly string[] {
  const folder = createCertFolder(pair);
  return ['-cert', join(folder, 'tls.crt'), '-key', join(folder, 'tls.key')];
}

test('grpcurl and the server verify each other', async () => {
  const [ours, theirs] = [await createAuthority('ours'), await createAuthority('theirs')];
  const certificates = createCertFolder(await createSigned('localhost', ours));
  const trusted = join(certificates, 'ca.crt');
  writeFileSync(trusted, ours.cert);
  const serving = await startServing(`--cert-path=${certificates}`, `--client-ca=${trusted}`);
  const call = (...client: readonly string[]) =>
    shell.try('grpcurl', ['-cacert', trusted, '-max-time', '5', ...client, serving.address, CHECK]);
  const known = await call(...clientFiles(await createSigned('envoy', ours)));
  const stranger = await call(...clientFiles(await createSigned('envoy', theirs)));
  const nobody = await call();
  await serving.stop();
  expect(known).toMatchObject({ code: 0, stdout: '{\n  "status": "SERVING"\n}\n' });
  expect([stranger.code === 0, nobody.code === 0]).toEqual([false, false]);
});
