import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';

const NANOSECONDS = 1e9;
/** The monitor's own timer: what it measures includes it. */
const RESOLUTION_MS = 10;

/**
 * Registers what the process itself costs: prom-client's defaults, the bytes of held request bodies, and the
 * longest delay of the event loop since the last read. Stops measuring when the signal aborts.
 */
export function registerProcessMetrics(
  registry: Registry,
  heldBytes: () => number,
  signal: AbortSignal,
): void {
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: 'serin_held_body_bytes',
    help: 'Bytes of request bodies that are held',
    registers,
    collect() {
      this.set(heldBytes());
    },
  });
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  signal.addEventListener('abort', () => delay.disable(), { once: true });
  new Gauge({
    name: 'serin_event_loop_lag_seconds',
    help: 'Longest delay of the event loop since the last read',
    registers,
    collect() {
      this.set(Math.max(0, delay.max / NANOSECONDS - RESOLUTION_MS / 1000));
      delay.reset();
    },
  });
}
