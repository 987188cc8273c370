import { createNameTree } from '../core/name-tree.ts';
import type { NamedDecision, TargetFigures } from './target-figures.ts';

/** The figures of targets, by the names of decisions. */
export interface TargetIndex {
  readonly find: (decision: NamedDecision) => TargetFigures | undefined;
  readonly put: (decision: NamedDecision, figures: TargetFigures) => void;
  readonly drop: (dropped: ReadonlySet<TargetFigures>) => void;
  /** The oldest first. */
  readonly all: () => readonly TargetFigures[];
}

type Kept = Pick<NamedDecision, 'pool' | 'modelLabel' | 'targetLabel' | 'group' | 'role' | 'route'> & {
  readonly figures: TargetFigures;
};

/** Creates an index without figures. */
export function createTargetIndex(): TargetIndex {
  /** One model mostly has one group and role for a target; each of a few is looked at. */
  const byName = createNameTree<readonly Kept[]>();
  let all: Kept[] = [];

  function enter(kept: Kept): void {
    const { pool, modelLabel: model, targetLabel: target } = kept;
    byName.put({ pool, model, target }, [...(byName.find(pool, model, target) ?? []), kept]);
  }

  return {
    find: ({ pool, modelLabel, targetLabel, group, role, route }) => {
      for (const kept of byName.find(pool, modelLabel, targetLabel) ?? []) {
        if (kept.route === route && kept.role === role && kept.group === group) return kept.figures;
      }
      return undefined;
    },
    put: ({ pool, modelLabel, targetLabel, group, role, route }, figures) => {
      const kept = { pool, modelLabel, targetLabel, group, role, route, figures };
      all.push(kept);
      enter(kept);
    },
    drop: (dropped) => {
      all = all.filter(({ figures }) => !dropped.has(figures));
      byName.clear();
      for (const kept of all) enter(kept);
    },
    all: () => all.map(({ figures }) => figures),
  };
}
