import { OTHER } from '../core/name-labels.ts';
import type { RecordSink } from '../core/request-record.ts';
import type { Pool, Snapshot } from '../core/snapshot.ts';
import type { Buckets, FamilyHead } from './exposition.ts';
import { familyText, histogramLines, labelText, sample } from './exposition.ts';
import {
  countResponse,
  createTargetFigures,
  type NamedDecision,
  namesOf,
  type TargetFigures,
} from './target-figures.ts';
import { createTargetIndex } from './target-index.ts';

/** What is counted of requests by pool, model and target. */
export interface TargetMetrics {
  /** A request goes to its target. */
  readonly routed: (decision: NamedDecision) => void;
  /** The stream of such a request is closed. */
  readonly released: (decision: NamedDecision) => void;
  readonly record: RecordSink;
  /**
   * Begins the series of a snapshot's targets at 0, so that no rate misses their first requests, and drops those of
   * targets that left it unused.
   */
  readonly follow: (snapshot: Pick<Snapshot, 'pools'>) => void;
  readonly figures: () => Iterable<TargetFigures>;
  /** All families in text format 0.0.4. */
  readonly text: () => string;
}

/**
 * Models that pods serve by names of their own, which a server may load and unload at run time: so many are told
 * apart. Names that objects give are always told apart.
 */
export const MOST_DIRECT_NAMES = 1000;

/** So many targets are remembered that had requests and that no object names any more; then the oldest are dropped. */
export const MOST_GONE_TARGETS = 1000;

/** Creates the figures. They are kept as plain numbers and made into text when they are read: requests come oftener. */
export function createTargetMetrics(): TargetMetrics {
  const index = createTargetIndex();
  let direct = 0;

  function figuresOf(decision: NamedDecision): TargetFigures {
    return index.find(decision) ?? create(decision);
  }

  function create(decision: NamedDecision): TargetFigures {
    if (decision.route === 'direct' && decision.modelLabel !== OTHER) {
      if (direct >= MOST_DIRECT_NAMES)
        return figuresOf({ ...decision, modelLabel: OTHER, targetLabel: OTHER });
      direct += 1;
    }
    const created = createTargetFigures(namesOf(decision));
    index.put(decision, created);
    return created;
  }

  return {
    routed: (decision) => {
      const figures = figuresOf(decision);
      figures.routed += 1;
      figures.open += 1;
    },
    released: (decision) => {
      figuresOf(decision).open -= 1;
    },
    record: (record) => {
      if (record.decided !== undefined && record.outcome === 'forwarded') {
        countResponse(figuresOf(record.decided), record);
      }
    },
    follow: ({ pools }) => {
      const wanted = new Set([...pools.values()].flatMap(weightedTargets).map(figuresOf));
      const gone = index.all().filter((each) => each.names.route === 'weighted' && !wanted.has(each));
      const used = gone.filter((each) => !isUnused(each));
      const dropped = new Set(gone.filter(isUnused));
      // One that is in use is told of again when its requests are over.
      const oldest = used.slice(0, Math.max(0, used.length - MOST_GONE_TARGETS));
      for (const figures of oldest) if (figures.open === 0) dropped.add(figures);
      if (dropped.size > 0) index.drop(dropped);
    },
    figures: index.all,
    text: () => {
      const shown = index.all().map((figures) => ({ figures, labels: labelText({ ...figures.names }) }));
      return FAMILIES.map((family) =>
        familyText(
          family,
          shown.flatMap(({ figures, labels }) => family.lines(family.name, labels, figures)),
        ),
      ).join('');
    },
  };
}

function isUnused({ routed, classes }: TargetFigures): boolean {
  return routed === 0 && Object.values(classes).every((count) => count === 0);
}

function weightedTargets({ key: pool, rules }: Pool): readonly NamedDecision[] {
  return [...rules].flatMap(([modelLabel, rule]) => {
    const targets = rule.kind === 'weighted' ? rule.targets : [];
    return targets.map(({ name: targetLabel, group, role }) => {
      return { pool, modelLabel, targetLabel, group, role, route: 'weighted' };
    });
  });
}

interface Family extends FamilyHead {
  readonly lines: (name: string, labels: string, figures: TargetFigures) => readonly string[];
}

function one(
  type: 'counter' | 'gauge',
  value: (figures: TargetFigures) => number,
): Pick<Family, 'type' | 'lines'> {
  return { type, lines: (name, labels, figures) => [sample(name, labels, value(figures))] };
}

/** One series per value of a label, without those that never occurred. */
function each(label: string, counts: (figures: TargetFigures) => object): Pick<Family, 'type' | 'lines'> {
  return {
    type: 'counter',
    lines: (name, labels, figures) =>
      Object.entries(counts(figures))
        .filter(([, count]) => count > 0)
        .map(([value, count]) => sample(name, `${labels},${label}="${value}"`, count)),
  };
}

function histogram(buckets: (figures: TargetFigures) => Buckets): Pick<Family, 'type' | 'lines'> {
  return {
    type: 'histogram',
    lines: (name, labels, figures) => histogramLines(name, labels, buckets(figures)),
  };
}

const FAMILIES: readonly Family[] = [
  {
    name: 'serin_requests_total',
    help: 'Requests that were forwarded, by model and target',
    ...one('counter', ({ routed }) => routed),
  },
  {
    name: 'serin_requests_in_flight',
    help: 'Forwarded requests whose response is still going on',
    ...one('gauge', ({ open }) => open),
  },
  {
    name: 'serin_responses_total',
    help: 'Forwarded requests that are over, by class of their status',
    ...each('code', ({ classes }) => classes),
  },
  {
    name: 'serin_response_errors_total',
    help: 'Forwarded requests that were answered with 5xx',
    ...one('counter', ({ classes }) => classes['5xx']),
  },
  {
    name: 'serin_request_duration_seconds',
    help: 'From a request to the end of its response',
    ...histogram(({ durationS }) => durationS),
  },
  {
    name: 'serin_response_headers_seconds',
    help: 'From a request to the headers of its response',
    ...histogram(({ headersS }) => headersS),
  },
  {
    name: 'serin_time_to_first_token_seconds',
    help: 'From a request to the first content of its response',
    ...histogram(({ firstTokenS }) => firstTokenS),
  },
  {
    name: 'serin_prompt_tokens_total',
    help: 'Tokens of prompts, as model servers counted them',
    ...one('counter', ({ promptTokens }) => promptTokens),
  },
  {
    name: 'serin_completion_tokens_total',
    help: 'Tokens that were generated, as model servers counted them',
    ...one('counter', ({ completionTokens }) => completionTokens),
  },
  {
    name: 'serin_responses_without_usage_total',
    help: 'Good responses of models that told no tokens, by reason',
    ...each('reason', ({ noUsage }) => noUsage),
  },
];
