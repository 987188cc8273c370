/**
 * CPU time that this process has had, all its threads, in microseconds: unlike a clock, it does not go on while other
 * programs have the cores, and what V8's helpers collect is in it.
 */
export function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
