import type { Row } from './samples.ts';

/** Whether the picker costs as little as it should at one size, behind Envoy and with all of it on. */
export interface TargetRow {
  readonly bodyBytes: number;
  readonly cpuUsPerRequest: number;
  /** CPU as a multiple of the floor's: what it may be, and what it is. */
  readonly atMost: number;
  readonly ofFloor: number;
  readonly holds: boolean;
}

const KIB = 1024;
/** What Serin on its own transport may cost as a multiple of the floor. */
const TARGETS: ReadonlyMap<number, number> = new Map([
  [KIB, 0.6],
  [16 * KIB, 0.5],
  [256 * KIB, 0.7],
  [1024 * KIB, 0.7],
]);

/** The rows that have a target, held against it. */
export function targetRows(rows: readonly Row[]): readonly TargetRow[] {
  return rows.flatMap(({ part, server, bodyBytes, cpuUsPerRequest, ofFloor }) => {
    const atMost = TARGETS.get(bodyBytes);
    if (part !== 'envoy' || server !== 'serin-native' || atMost === undefined || ofFloor === null) return [];
    return [{ bodyBytes, cpuUsPerRequest, atMost, ofFloor, holds: ofFloor <= atMost }];
  });
}
