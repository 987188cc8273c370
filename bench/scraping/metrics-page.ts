import { Gauge, Histogram, Registry } from 'prom-client';

/** How large a page is, and how many combinations of adapters it tells of. */
export interface PageShape {
  readonly loraSeries: number;
  /** The page is a little larger. */
  readonly bytes: number;
}

/** A page with the wanted families first, as an idle vLLM shows them, and histograms up to its size. */
export async function metricsPage({ loraSeries, bytes }: PageShape): Promise<Buffer> {
  const registry = new Registry();
  const registers = [registry];
  const labels = { model_name: 'meta-llama/Llama-3.1-8B-Instruct', engine: '0' };
  const labelNames = Object.keys(labels);
  for (const name of ['num_requests_running', 'num_requests_waiting', 'kv_cache_usage_perc']) {
    new Gauge({ name: `vllm:${name}`, help: 'x', labelNames, registers }).set(labels, 0);
  }
  for (let size = 0, at = 0; size < bytes; at += 1) {
    const name = `vllm:request_time_${at}_seconds`;
    new Histogram({ name, help: 'A histogram of times.', labelNames, registers }).observe(labels, 1.5);
    size += (await registry.getSingleMetricAsString(name)).length;
  }
  const lora = new Gauge({
    name: 'vllm:lora_requests_info',
    help: 'x',
    labelNames: ['max_lora', 'running_lora_adapters', 'waiting_lora_adapters'],
    registers,
  });
  for (let at = 0; at < loraSeries; at += 1) {
    const adapters = `sql-lora-${at},sql-lora-${at + 1}`;
    lora.set({ max_lora: '2', running_lora_adapters: adapters, waiting_lora_adapters: adapters }, 1.7e9 + at);
  }
  return Buffer.from(await registry.metrics());
}
