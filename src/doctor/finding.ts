/** What one check says; what is not all right comes with what to do about it. */
export type Finding =
  | { readonly kind: 'ok'; readonly check: string; readonly message: string }
  | {
      readonly kind: 'warning' | 'fault';
      readonly check: string;
      readonly message: string;
      readonly fix: string;
    };

/** Findings of one check. */
export interface Findings {
  readonly ok: (message: string) => Finding;
  /** Something works, but not as well as it could, or it may be meant so. */
  readonly warning: (message: string, fix: string) => Finding;
  /** Requests fail, or go elsewhere than the policy says. */
  readonly fault: (message: string, fix: string) => Finding;
}

/** Creates the findings of a check. */
export function findingsOf(check: string): Findings {
  return {
    ok: (message) => ({ kind: 'ok', check, message }),
    warning: (message, fix) => ({ kind: 'warning', check, message, fix }),
    fault: (message, fix) => ({ kind: 'fault', check, message, fix }),
  };
}

const MOST_NAMES = 5;

/** Some names as a list that stays short. */
export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length <= MOST_NAMES ? shown : `${shown} and ${names.length - MOST_NAMES} more`;
}
