import { expect, test } from 'vitest';
import { createHealth } from '../../src/server/health.ts';
import { createHealthMethods } from '../../src/server/health-methods.ts';
import { loadProtos } from '../../src/server/proto.ts';
import type { GrpcStatus } from '../../src/server/status.ts';

test('a watch ends with the shutdown, whether it began before or after', () => {
  const { methods, endWatches } = createHealthMethods(loadProtos(), createHealth());
  const told: (GrpcStatus | string | undefined)[] = [];
  const watch = () =>
    methods
      .find(({ path }) => path.endsWith('/Watch'))
      ?.accept({
        send: () => void told.push('status'),
        end: (status) => void told.push(status),
        metadata: () => undefined,
        authority: '',
      })
      .onMessage(new Uint8Array(0));
  const shuttingDown = { code: 14, message: 'shutting down' };
  watch();
  expect(told).toEqual(['status']);
  endWatches();
  expect(told).toEqual(['status', shuttingDown]);
  watch();
  expect(told).toEqual(['status', shuttingDown, shuttingDown]);
});
