import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const FLAGS = ['--grpc-port=0', '--grpc-health-port=0', '--metrics-port=0', '--drain-delay=0s'];

/**
 * Tells each module of OpenTelemetry that is asked for, but for its API, which prom-client brings; `missing` has
 * none of them be installed.
 */
const hook = (missing: boolean) => `
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    if (!/^@opentelemetry\\/(?!api$)/.test(specifier)) return next(specifier, context);
    process.stderr.write('asked for ' + specifier + '\\n');
    if (${missing}) throw Object.assign(new Error('not installed'), { code: 'ERR_MODULE_NOT_FOUND' });
    return next(specifier, context);
  },
});
`;

/** Runs `serin serve` until it listens, and tells what it asked for of OpenTelemetry and what it warned of. */
async function serve(env: { readonly [name: string]: string }, missing = false) {
  const imported = `data:text/javascript,${encodeURIComponent(hook(missing))}`;
  const argv = ['--import', imported, MAIN, 'serve', '--endpoints=127.0.0.1:1', ...FLAGS];
  const child = spawn(process.execPath, argv, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const asked = new Set<string>();
  createInterface(child.stderr).on('line', (line) => {
    if (line.startsWith('asked for ')) asked.add(line.slice('asked for '.length));
  });
  const warnings: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    const { level, msg } = JSON.parse(line);
    if (level === 40) warnings.push(msg);
    if (msg === 'listening') child.kill('SIGTERM');
  }
  const code = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)));
  return { code, asked: [...asked].sort(), warnings };
}

const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:1';

it('nothing of OpenTelemetry is loaded unless its variables ask for traces', async () => {
  expect(await serve({ OTEL_SERVICE_NAME: 'serin' })).toEqual({ code: 0, asked: [], warnings: [] });
  const on = await serve({ OTEL_EXPORTER_OTLP_ENDPOINT });
  expect(on).toMatchObject({ code: 0, warnings: [] });
  expect(on.asked).toContain('@opentelemetry/sdk-trace');
});

it('where its packages are not installed, Serin serves without traces and says so', async () => {
  expect(await serve({ OTEL_EXPORTER_OTLP_ENDPOINT }, true)).toMatchObject({
    code: 0,
    warnings: ['no traces: the packages @opentelemetry/… cannot be loaded'],
  });
});
