import { expect, test } from 'vitest';
import { createHealth } from '../../src/server/health.ts';

const FOLLOWING = ['', 'readiness', 'envoy.service.ext_proc.v3.ExternalProcessor', 'inference-extension'];

test('a new process lives and is not ready, under every name that probes ask for', () => {
  const health = createHealth();
  expect(health.isReady()).toBe(false);
  expect(health.statuses()).toEqual(
    new Map([
      ['liveness', 'SERVING'] as const,
      ...FOLLOWING.map((name): [string, string] => [name, 'NOT_SERVING']),
    ]),
  );
});

test('every name but liveness follows readiness, and a change is told once', () => {
  const health = createHealth();
  const told: string[] = [];
  health.subscribe((service, status) => void told.push(`${service} ${status}`));
  health.setReady(true);
  health.setReady(true);
  expect(health.isReady()).toBe(true);
  expect([...health.statuses().values()]).toEqual(Array(5).fill('SERVING'));
  health.setReady(false);
  expect(told).toEqual([
    ...FOLLOWING.map((name) => `${name} SERVING`),
    ...FOLLOWING.map((name) => `${name} NOT_SERVING`),
  ]);
});
