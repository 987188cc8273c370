import { describe, expect, it, onTestFinished } from 'vitest';
import { formatAddress } from '../../../src/core/address.ts';
import type { Freshness } from '../../../src/core/load-view.ts';
import { createHealth } from '../../../src/sources/scrape/health.ts';
import { createLoadTable } from '../../../src/state/load-table.ts';
import { TIMING } from './scraping.ts';

function start(stalenessMs = 60_000) {
  const address = formatAddress('127.0.0.1', 8000);
  const states: Freshness[] = [];
  const table = createLoadTable();
  const health = createHealth(
    { slot: 4, address, name: address },
    {
      table,
      timing: { ...TIMING, stalenessMs },
      observer: {
        scraped: () => undefined,
        failed: () => undefined,
        freshness: (_, freshness) => void states.push(freshness),
        modelsUnknown: () => undefined,
      },
    },
  );
  onTestFinished(health.close);
  return { health, states, table };
}

describe('createHealth', () => {
  it('tells table and observer of each change, and of it once', () => {
    const { health, states, table } = start();
    health.told();
    health.told();
    expect([states, table.freshness[4]]).toEqual([['fresh'], 'fresh']);
  });

  it.each(['told', 'silent'] as const)('forgives a failed scrape when the next one has %s', (answer) => {
    const { health } = start();
    health.failed('timeout');
    health[answer]();
    health.failed('status');
    expect(health.isDead()).toBe(false);
    health.failed('connection');
    expect(health.isDead()).toBe(true);
  });

  it('takes one refused connection for death', () => {
    const { health, states } = start();
    health.failed('refused');
    expect([states, health.isDead()]).toEqual([['dead'], true]);
  });

  it.each([
    ['dead', (health: ReturnType<typeof start>['health']) => health.failed('refused')],
    ['unknown', (health: ReturnType<typeof start>['health']) => health.silent()],
  ] as const)('does not call a pod stale that is %s', async (state, turn) => {
    const { health, states } = start(10);
    health.told();
    turn(health);
    const other = start(30);
    other.health.told();
    await expect.poll(() => other.states).toEqual(['fresh', 'stale']);
    expect(states).toEqual(['fresh', state]);
  });

  it('says nothing once it is closed', async () => {
    const { health, states } = start(10);
    health.told();
    health.close();
    const other = start(30);
    other.health.told();
    await expect.poll(() => other.states).toEqual(['fresh', 'stale']);
    expect(states).toEqual(['fresh']);
  });
});
