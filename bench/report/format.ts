const KIB = 1024;

/** A size as people write it: `16 KiB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= KIB * KIB) return `${round(bytes / (KIB * KIB))} MiB`;
  return bytes >= KIB ? `${round(bytes / KIB)} KiB` : `${bytes} B`;
}

/** A number with as many digits as are of use. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A time that a person waits for: `3 min 20 s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
