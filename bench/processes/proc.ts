import { readFileSync, writeFileSync } from 'node:fs';

const KIB = 1024;

function statusField(pid: number, field: string): number {
  const [, kib] =
    new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kib === undefined) throw new Error(`/proc/${pid}/status has no ${field}`);
  return Number(kib) * KIB;
}

/** Resident memory of a process. */
export function residentBytes(pid: number): number {
  return statusField(pid, 'VmRSS');
}

/** The most that it has been since `forgetPeak`. */
export function peakResidentBytes(pid: number): number {
  return statusField(pid, 'VmHWM');
}

/** Lets the peak start anew at what is resident. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
