/**
 * Preloaded into every server of ours that is measured: tells the CPU time of its process, as the system
 * accounts for it, whenever it is asked, and ends the process with the benchmark.
 */
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system });
});
process.once('disconnect', () => process.exit());
// A server that has nothing left to do ends, although it could still be asked.
process.channel?.unref();
