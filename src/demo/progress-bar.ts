const WIDTH = 40;

/** A bar of `#` and `.` with the counts behind it. */
export function progressBar(done: number, total: number): string {
  const filled = total === 0 ? WIDTH : Math.floor((done / total) * WIDTH);
  return `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done}/${total} requests`;
}
