import { type Buckets, familyText, histogramLines } from './exposition.ts';
import { createHistogram } from './histogram.ts';

/** What is counted of decisions as such. */
export interface DecisionMetrics {
  /** A decision took so long. */
  readonly took: (seconds: number) => void;
  readonly buckets: Buckets;
  /** The family in text format 0.0.4. */
  readonly text: () => string;
}

const BOUNDS_S = [
  0.000005, 0.00001, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1,
];
const NAME = 'serin_decision_duration_seconds';

/** Creates the figures of decisions. */
export function createDecisionMetrics(): DecisionMetrics {
  const durations = createHistogram(BOUNDS_S);
  return {
    took: durations.observe,
    buckets: durations,
    text: () =>
      familyText(
        { name: NAME, type: 'histogram', help: 'Time to find the target and the pod of a request' },
        histogramLines(NAME, '', durations),
      ),
  };
}
