import { expect, test } from 'vitest';
import { reportLines } from '../../src/explain/report.ts';

test('what a name has of control characters is not obeyed by the terminal', () => {
  const lines = reportLines({
    ...{ model: 'a\u001b[2Jb\u202ec', outcome: 'rejected', status: 404, reason: 'unknown_model' },
    ...{ message: 'no\u009b such\nmodel', fallbacks: [], targets: [], candidates: [] },
  });
  expect(lines).toEqual([
    'model  a\u{fffd}[2Jb\u{fffd}c',
    'pick   none: 404 unknown_model: no\u{fffd} such\u{fffd}model',
  ]);
});
