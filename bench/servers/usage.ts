/**
 * Preloaded into every server of ours that is measured: when it is asked, it tells the CPU time of its process,
 * as the system accounts for it, or the memory that is in use after a full collection. It ends the process with
 * the benchmark.
 */
process.on('message', (question) => {
  process.send?.(question === 'cpu' ? { cpuUs: cpuUs() } : { liveBytes: liveBytes() });
});
process.once('disconnect', () => process.exit());
// A server that has nothing left to do ends, although it could still be asked.
process.channel?.unref();

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function liveBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
