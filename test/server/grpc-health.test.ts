import { describe, expect, test, vi } from 'vitest';
import type { GrpcServerOptions } from '../../src/server/grpc-server.ts';
import { createHealth } from '../../src/server/health.ts';
import { SERVICES } from '../../src/server/proto.ts';
import { callOnce, openClient, openStream, startServer } from './grpc-client.ts';
import { TRANSPORTS } from './transports.ts';

const NOT_FOUND = 5;
const CHECK = { service: SERVICES.health, method: 'Check' };
const NAMES = ['', 'readiness', SERVICES.extProc, 'inference-extension', 'liveness', 'unheard-of'];

interface HealthResponse {
  readonly status: string;
}

describe.each(TRANSPORTS)('on %s', (_name, transport) => {
  const start = (options: Partial<GrpcServerOptions>) => startServer(options, transport);

  describe('the health service', () => {
    test('answers for every name that gateways and kubelets probe, and for no other', async () => {
      const health = createHealth();
      const { port } = await start({ health });
      const client = openClient(port);
      const check = () =>
        Promise.all(NAMES.map((service) => callOnce<HealthResponse>(client, CHECK, { service })));
      const following = (status: string) => [
        ...Array(4).fill({ status }),
        { status: 'SERVING' },
        { code: NOT_FOUND },
      ];
      expect(await check()).toEqual(following('NOT_SERVING'));
      health.setReady(true);
      expect(await check()).toEqual(following('SERVING'));
      health.setReady(false);
      expect(await check()).toEqual(following('NOT_SERVING'));
    });

    test('tells those who watch of every change, at once', async () => {
      const health = createHealth();
      const { port } = await start({ health });
      const watch = openStream<object, HealthResponse>(openClient(port), {
        service: SERVICES.health,
        method: 'Watch',
      });
      const seen: string[] = [];
      watch.on('data', ({ status }) => seen.push(status));
      watch.on('error', () => undefined);
      watch.end({ service: 'readiness' });
      await vi.waitFor(() => expect(seen).toEqual(['NOT_SERVING']));
      health.setReady(true);
      await vi.waitFor(() => expect(seen).toEqual(['NOT_SERVING', 'SERVING']));
      watch.cancel();
    });

    test('ends a watch that asks for nothing', async () => {
      const { port } = await start({ health: createHealth() });
      const watch = openStream(openClient(port), { service: SERVICES.health, method: 'Watch' });
      const codes: unknown[] = [];
      watch.on('error', (error) => codes.push('code' in error ? error.code : error));
      watch.end();
      await vi.waitFor(() => expect(codes).toEqual([13]));
    });

    test('is the same on both ports', async () => {
      const health = createHealth();
      const ports = [await start({ health }), await start({ health })].map(({ port }) => port);
      health.setReady(true);
      const answers = ports.map((port) => callOnce(openClient(port), CHECK, { service: 'readiness' }));
      expect(await Promise.all(answers)).toEqual([{ status: 'SERVING' }, { status: 'SERVING' }]);
    });
  });
});
