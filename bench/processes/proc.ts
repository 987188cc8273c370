import { readFileSync, writeFileSync } from 'node:fs';

const KIB = 1024;
/** What the system counts CPU time in on Linux, whatever its kernel's own clock. */
const TICK_US = 10_000;
/** Where `utime` and `stime` stand behind the command's name, which may hold spaces. */
const USER_FIELD = 11;
const SYSTEM_FIELD = 12;

function statusField(pid: number, field: string): number {
  const [, kib] =
    new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kib === undefined) throw new Error(`/proc/${pid}/status has no ${field}`);
  return Number(kib) * KIB;
}

/** CPU time that a process has had, to a hundredth of a second; for one that cannot be asked. */
export function cpuTimeUs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_FIELD]) + Number(fields[SYSTEM_FIELD])) * TICK_US;
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
