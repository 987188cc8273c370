import { describe, expect, test } from 'vitest';
import type { DecideContext, DecideOptions } from '../../src/core/decide.ts';
import { decide } from '../../src/core/decide.ts';
import type { PickRequest } from '../../src/core/decision.ts';
import { modelName, poolKey } from '../../src/core/names.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { chiSquareP } from '../../src/demo/chi-square.ts';
import { model, objective, POOL, pool, rewrite, route, weights } from './objects.ts';
import type { PodLoad } from './pods.ts';
import { endpoint, loadView, OPTIONS, snapshotOf } from './pods.ts';
import { noRandom, seededRandom } from './seeded-random.ts';

const DEFAULTS: DecideOptions = {
  ...OPTIONS,
  unknownModel: 'reject',
  directModels: 'all',
  stickySessions: false,
};

function request(name: string | undefined, changes: Partial<PickRequest> = {}): PickRequest {
  const wanted = name === undefined ? undefined : modelName(name);
  return {
    host: 'test.com',
    model: wanted,
    objective: undefined,
    session: undefined,
    subset: undefined,
    ...changes,
  };
}

function context(
  snapshot: Snapshot,
  pods: readonly PodLoad[] = [],
  options: Partial<DecideOptions> = {},
): DecideContext {
  const origin = { pool: undefined, authority: undefined };
  return {
    ...{ snapshot, origin, load: loadView(...pods), random: seededRandom(3) },
    options: { ...DEFAULTS, ...options },
  };
}

const ADAPTERS = ['', '-1', '-2', '-3', '-4'].flatMap((tail) => [`tweet-summary${tail}`, `sql-lora${tail}`]);
const SEED = model('inferencemodel-sample', 'lora-request', {
  targets: weights(Object.fromEntries(ADAPTERS.map((name) => [name, 10]))),
});

const refused = (reason: string, message: string, model: string | undefined) => ({
  ...{ kind: 'reject', reason, message },
  asked: { pool: POOL, model },
});

describe('decide', () => {
  test('reads how a prompt begins only where there is a choice, and tells it', () => {
    const objects = [model('m', 'lora-request', { targets: weights({ 'sql-lora': 1 }) })];
    const prompt = () => ({ hashes: [1, 2] });
    const decided = (pods: readonly PodLoad[]) =>
      decide(request('lora-request', { prompt }), context(snapshotOf(pods.length, objects), pods));
    const two = decided([{ prefixBytes: 256 }, { prefixBytes: 384 }]);
    expect(two).toMatchObject({ endpoint: endpoint(1), prompt: { hashes: [1, 2] } });
    expect(decided([{}])).not.toHaveProperty('prompt');
  });

  test('forwards to a target by weight on the least loaded pod', () => {
    const objects = [model('m', 'lora-request', { targets: weights({ 'sql-lora': 1 }) })];
    const pods = [{ running: 2 }, { running: 1 }, { running: 3 }];
    const options = { fallbackEndpoints: 1 };
    expect(decide(request('lora-request'), context(snapshotOf(3, objects), pods, options))).toEqual({
      kind: 'forward',
      route: 'weighted',
      pool: POOL,
      model: 'lora-request',
      target: 'sql-lora',
      role: 'stable',
      group: 'stable',
      modelLabel: 'lora-request',
      targetLabel: 'sql-lora',
      endpoint: endpoint(1),
      fallbacks: [endpoint(0)],
    });
  });

  test('splits one name evenly over ten adapters and three pods', () => {
    const given = context(snapshotOf(3, [SEED, route('r', 'test.com', POOL)]));
    const targets = new Map<string, number>();
    const slots = [0, 0, 0];
    for (let n = 0; n < 6000; n++) {
      const decision = decide(request('lora-request'), given);
      if (decision.kind === 'reject') throw new Error(decision.message);
      targets.set(String(decision.target), (targets.get(String(decision.target)) ?? 0) + 1);
      slots[decision.endpoint.slot] = (slots[decision.endpoint.slot] ?? 0) + 1;
    }
    expect([...targets.keys()].sort()).toEqual([...ADAPTERS].sort());
    expect(chiSquareP([...targets.values()], Array(10).fill(600))).toBeGreaterThan(0.001);
    expect(chiSquareP(slots, Array(3).fill(2000))).toBeGreaterThan(0.001);
  });

  test('picks a pod for a request that is routed by its headers', () => {
    const random = noRandom;
    const pods = [{ running: 1, models: ['a'] }, { models: ['b'] }];
    expect(decide(request(undefined), { ...context(snapshotOf(2), pods), random })).toEqual({
      kind: 'forward',
      route: 'headers',
      pool: POOL,
      model: undefined,
      target: undefined,
      role: undefined,
      group: undefined,
      modelLabel: '',
      targetLabel: '',
      endpoint: endpoint(1),
      fallbacks: [],
    });
  });

  test('labels a request for a served name as direct', () => {
    const pods = [{ models: ['a'] }, { models: ['b'], running: 3 }];
    expect(decide(request('b'), context(snapshotOf(2), pods))).toMatchObject({
      route: 'direct',
      model: 'b',
      target: 'b',
      endpoint: endpoint(1),
    });
  });

  test('lets no pod with unknown models be the reason for a 404 or a 503', () => {
    const pods = [{ models: ['a'] }, { models: undefined, running: 3 }];
    expect(decide(request('x'), context(snapshotOf(2), pods))).toMatchObject({ endpoint: endpoint(1) });
    const objects = [model('m', 'm', { targets: weights({ x: 1 }) })];
    expect(decide(request('m'), context(snapshotOf(2, objects), pods))).toMatchObject({
      endpoint: endpoint(1),
    });
  });

  test('passes an unknown name on to any pod where that is wanted', () => {
    const pods = [{ models: ['a'], running: 1 }, { models: ['b'] }];
    const passed = decide(request('x'), context(snapshotOf(2), pods, { unknownModel: 'pass' }));
    expect(passed).toMatchObject({
      route: 'passthrough',
      model: 'x',
      target: undefined,
      endpoint: endpoint(1),
    });
    expect(decide(request('x'), context(snapshotOf(2), pods))).toMatchObject({ reason: 'unknown_model' });
  });

  describe('without a ready pod', () => {
    test.each([['lora-request'], ['sql-lora'], ['x'], [undefined]])(
      'refuses the model %s with 503',
      (name) => {
        expect(decide(request(name), context(snapshotOf(0, [SEED])))).toEqual(
          refused('no_endpoint', 'the pool default/pool has no pods', name),
        );
        const dead = context(snapshotOf(1, [SEED]), [{ freshness: 'dead' }]);
        expect(decide(request(name), dead)).toMatchObject({ reason: 'no_endpoint' });
      },
    );

    test('tells no more of a made-up name than its beginning', () => {
      const refusal = decide(request('x'.repeat(1 << 20)), context(snapshotOf(0, [SEED])));
      expect(refusal).toMatchObject({ asked: { pool: POOL, model: `${'x'.repeat(200)}…` } });
    });

    test('refuses an empty subset and one without a ready pod', () => {
      const given = context(snapshotOf(2), [{ freshness: 'dead' }]);
      const some = (subset: readonly string[]) => decide(request(undefined, { subset }), given);
      const refusal = refused('no_endpoint', 'no pod of the subset that the proxy gave is ready', undefined);
      expect([some([]), some(['10.0.0.1:8000']), some(['10.9.9.9'])]).toEqual([refusal, refusal, refusal]);
      expect(some(['10.0.0.1:8000', '10.0.0.2:8000'])).toMatchObject({ endpoint: endpoint(1) });
    });

    test('says that nobody serves the target', () => {
      const given = context(snapshotOf(1, [rewrite('r', [[['m'], { 'sql-lora': 1 }]])]), [{ models: ['a'] }]);
      expect(decide(request('m'), given)).toEqual(
        refused('no_endpoint', 'no pod of the pool default/pool is ready and serves "sql-lora"', 'm'),
      );
    });
  });

  describe('when every pod is full', () => {
    const full = [{ waiting: 6 }];
    const objects = [
      model('c', 'critical', { criticality: 'Critical' }),
      model('s', 'standard'),
      model('b', 'batch', { criticality: 'Sheddable' }),
      objective('low', -1),
      objective('zero', 0),
      objective('high', 10),
    ];
    const kind = (name: string | undefined, goal?: string) =>
      decide(request(name, { objective: goal }), context(snapshotOf(1, objects), full));

    test('sheds Sheddable models and priorities below 0', () => {
      const shed = [kind('batch'), kind('standard', 'low'), kind('critical', 'low'), kind(undefined, 'low')];
      expect(shed.map((decision) => decision.kind === 'reject' && decision.reason)).toEqual(
        Array(4).fill('overloaded'),
      );
    });

    test('does not shed other models and priorities, nor objectives that nobody made', () => {
      const kept = [kind('critical'), kind('standard'), kind('x'), kind(undefined)];
      const named = [kind('standard', 'zero'), kind('standard', 'high'), kind('standard', 'nobody')];
      expect([...kept, ...named].map((decision) => decision.kind)).toEqual(Array(7).fill('forward'));
    });

    test('does not let a high priority save a Sheddable model', () => {
      expect(kind('batch', 'high')).toMatchObject({ reason: 'overloaded' });
    });

    test('sheds nothing while one pod is not full', () => {
      const given = context(snapshotOf(2, objects), [...full, { waiting: 5 }]);
      expect(decide(request('batch'), given)).toMatchObject({ endpoint: endpoint(1) });
    });
  });

  describe('the pool', () => {
    const OTHER = poolKey('default', 'other');
    const two = [pool('pool'), pool('other', { selector: new Map() })];
    const nowhere = (reason: string, message: string) => ({
      ...refused(reason, message, 'm'),
      asked: { pool: undefined, model: 'm' },
    });
    const where = (host: string, snapshot: Snapshot) => decide(request('m', { host }), context(snapshot));

    test('is the only one for every host while no LLMRoute is loaded', () => {
      expect(where('anything.org:8080', snapshotOf(1))).toMatchObject({ pool: POOL });
    });

    test('is the one that the host is routed to, without port and case', () => {
      const routes = [route('a', 'test.com', POOL), route('b', '*.test.com', POOL)];
      const snapshot = snapshotOf(1, routes);
      expect(where('TEST.com:8080', snapshot)).toMatchObject({ kind: 'forward', pool: POOL });
      expect(where('a.test.com', snapshot)).toMatchObject({ kind: 'forward', pool: POOL });
    });

    test('is none for a host that no LLMRoute serves, though there is but one pool', () => {
      expect(where('x.com', snapshotOf(1, [route('a', 'test.com', POOL)]))).toEqual(
        nowhere('unknown_host', 'no LLMRoute serves the host "x.com"'),
      );
    });

    test('is not guessed among several', () => {
      expect(where('test.com', snapshotOf(1, [], two))).toEqual(
        nowhere('pool_ambiguous', 'several pools are loaded: name one with --pool-name or an LLMRoute'),
      );
    });

    test('is unavailable while nothing is loaded', () => {
      expect(where('test.com', snapshotOf(0, [], []))).toEqual(
        nowhere('no_endpoint', 'no InferencePool is loaded'),
      );
    });

    test('is unavailable while the routed pool is not loaded', () => {
      expect(where('test.com', snapshotOf(1, [route('a', 'test.com', OTHER)]))).toEqual(
        nowhere('no_endpoint', 'the InferencePool default/other is not loaded'),
      );
    });

    test("decides by its own rules, not by another pool's", () => {
      const objects = [
        route('a', 'a.com', POOL),
        route('b', 'b.com', OTHER),
        model('m', 'm', { targets: weights({ x: 1 }), pool: POOL }),
        model('n', 'm', { targets: weights({ y: 1 }), pool: OTHER }),
      ];
      const given = context(snapshotOf(1, objects, two));
      const [a, b] = ['a.com', 'b.com'].map((host) => decide(request('m', { host }), given));
      expect(a).toMatchObject({ pool: POOL, target: 'x', endpoint: endpoint(0) });
      expect(b).toMatchObject({ pool: OTHER, target: 'y', endpoint: endpoint(0) });
    });
  });
});

describe('a session', () => {
  const sticky = { stickySessions: true };
  const targetOf = (session: string, given: DecideContext) => {
    const decision = decide(request('lora-request', { session }), given);
    return decision.kind === 'forward' ? decision.target : decision.reason;
  };
  const sessions = Array.from({ length: 500 }, (_, at) => `session-${at}`);

  test('gets the same target from every replica, whatever each knows of load and however it draws', () => {
    const busy = context(snapshotOf(3, [SEED]), [{ running: 9 }, { waiting: 7 }, {}], sticky);
    const idle = { ...context(snapshotOf(3, [SEED]), [{}, {}, {}], sticky), random: seededRandom(8) };
    const targets = sessions.map((session) => targetOf(session, busy));
    expect(sessions.map((session) => targetOf(session, idle))).toEqual(targets);
    expect(new Set(targets).size).toBe(10);
  });

  test('changes its target only if the weights move past it', () => {
    const split = (old: number, young: number) =>
      context(
        snapshotOf(1, [model('m', 'lora-request', { targets: weights({ old, young }) })]),
        [{}],
        sticky,
      );
    const before = sessions.filter((session) => targetOf(session, split(90, 10)) === 'young');
    const after = sessions.filter((session) => targetOf(session, split(50, 50)) === 'young');
    expect(before.length).toBeGreaterThan(20);
    expect(before.filter((session) => !after.includes(session))).toEqual([]);
  });

  test('counts for nothing where it is empty, absent or not asked for', () => {
    const drawn = (session: string | undefined, options: Partial<DecideOptions>) => {
      const given = { ...context(snapshotOf(1, [SEED]), [{}], options), random: seededRandom(5) };
      const decisions = Array.from({ length: 50 }, () => decide(request('lora-request', { session }), given));
      return new Set(decisions.map((each) => (each.kind === 'forward' ? each.target : each.reason))).size;
    };
    expect(drawn('s', {})).toBeGreaterThan(5);
    expect(drawn('', sticky)).toBeGreaterThan(5);
    expect(drawn(undefined, sticky)).toBeGreaterThan(5);
    expect(drawn('s', sticky)).toBe(1);
  });
});
