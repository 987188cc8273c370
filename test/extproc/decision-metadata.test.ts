import { describe, expect, test } from 'vitest';
import { poolKey, targetName } from '../../src/core/names.ts';
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
});
