import { describe, expect, test } from 'vitest';
import { modelName, poolKey, targetName } from '../../src/core/names.ts';
import { createDecisionMetadata } from '../../src/extproc/decision-metadata.ts';
import type { WireStruct } from '../../src/extproc/wire.ts';
import { endpoint, forward } from '../contract/case.ts';

/** The shared part of what rides in `serin`. */
function sharedOf(metadata: WireStruct): WireStruct | undefined {
  return metadata.fields?.serin?.structValue?.shared;
}

describe('the metadata of decisions', () => {
  test('shares what is the same for a target on an endpoint of a pool, and nothing else', () => {
    const describeDecision = createDecisionMetadata({ forAccessLog: true });
    const one = endpoint('10.0.0.1:8000');
    const shared = (parts: Parameters<typeof forward>[0]) => sharedOf(describeDecision(forward(parts), 0));
    const first = shared({ endpoint: one });
    expect(shared({ endpoint: one })).toBe(first);
    expect(shared({ endpoint: one, target: targetName('tweet-summary') })).not.toBe(first);
    expect(shared({ endpoint: endpoint('10.0.0.1:8000') })).not.toBe(first);
    const elsewhere = shared({ endpoint: one, pool: poolKey('other', 'pool') });
    expect(elsewhere?.fields?.pool).toEqual({ stringValue: 'other/pool' });
  });

  test("keeps nothing of targets whose names are a client's", () => {
    const describeDecision = createDecisionMetadata({ forAccessLog: true });
    const direct = forward({ route: 'direct', target: targetName('made-up') });
    expect(sharedOf(describeDecision(direct, 0))).not.toBe(sharedOf(describeDecision(direct, 0)));
  });

  test('is one object for all requests for a model that go to a target on an endpoint, where no log needs more', () => {
    const describeDecision = createDecisionMetadata({ forAccessLog: false });
    const byRequest = createDecisionMetadata({ forAccessLog: true });
    const [one, other] = [endpoint('10.0.0.1:8000'), endpoint('10.0.0.2:8000')];
    const of = (parts: Parameters<typeof forward>[0]) => describeDecision(forward(parts), Math.random());
    const first = of({ endpoint: one });
    expect(of({ endpoint: one })).toBe(first);
    const parts = [
      { endpoint: other },
      { endpoint: one, model: modelName('another') },
      { endpoint: one, target: targetName('another') },
      { endpoint: one, pool: poolKey('other', 'pool') },
      { endpoint: one, fallbacks: [other] },
    ];
    for (const each of parts) expect(of(each)).not.toBe(first);
    // What is kept says what would have been made for the request.
    const { 'envoy.lb': balanced, serin } = byRequest(forward({ endpoint: one }), 0).fields ?? {};
    const { started: _, ...own } = serin?.structValue?.fields ?? {};
    const destination = balanced?.structValue?.fields?.['x-gateway-destination-endpoint'];
    expect(first.shared?.fields).toEqual({
      'envoy.lb': { structValue: { fields: { 'x-gateway-destination-endpoint': destination } } },
      serin: { structValue: { shared: serin?.structValue?.shared, fields: own } },
    });
  });

  test('tells names as long as those of objects whole, and of longer ones the beginning', () => {
    const describeDecision = createDecisionMetadata({ forAccessLog: true });
    const told = (name: string) => {
      const direct = forward({ route: 'direct', model: modelName(name), target: targetName(name) });
      const { shared, fields } = describeDecision(direct, 0).fields?.serin?.structValue ?? {};
      return [fields?.model?.stringValue, shared?.fields?.target?.stringValue];
    };
    const longest = 'x'.repeat(256);
    const cut = `${'x'.repeat(255)}…`;
    expect(told(longest)).toEqual([longest, longest]);
    expect(told('x'.repeat(1 << 20))).toEqual([cut, cut]);
  });
});
