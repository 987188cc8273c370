import type { MissingPolicy } from '../core/missing-targets.ts';
import { targetName } from '../core/names.ts';

/** What flags say about targets that no ready pod serves. */
export interface MissingFlags {
  readonly missingTarget: 'redistribute' | 'fallback' | 'fail';
  readonly fallbackTarget: string | undefined;
}

/** The policy that the flags ask for; a fallback that is not named is reported by `missingProblems`. */
export function missingPolicy({ missingTarget: kind, fallbackTarget }: MissingFlags): MissingPolicy {
  return kind === 'fallback' ? { kind, to: targetName(fallbackTarget ?? '') } : { kind };
}

/** Flags about missing targets that do not go together. */
export function missingProblems({ missingTarget, fallbackTarget }: MissingFlags): readonly string[] {
  if ((missingTarget === 'fallback') === (fallbackTarget !== undefined)) return [];
  return ['--missing-target=fallback and --fallback-target: need each other'];
}
