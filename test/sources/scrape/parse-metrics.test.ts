import fc from 'fast-check';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { parseMetrics } from '../../../src/sources/scrape/parse-metrics.ts';

const NOTHING = {
  waiting: undefined,
  running: undefined,
  kvUsage: undefined,
  maxLoras: undefined,
  adapters: [],
};

const parse = (...lines: readonly string[]) => parseMetrics(Buffer.from(lines.join('\n')));

describe('parseMetrics', () => {
  it('reads the families that it wants and nothing else', () => {
    expect(
      parse(
        '# HELP vllm:num_requests_waiting Requests that wait.',
        '# TYPE vllm:num_requests_waiting gauge',
        'vllm:num_requests_waiting{engine="0",model_name="llama2"} 3.0',
        'vllm:num_requests_waiting_by_reason{reason="capacity"} 99',
        'vllm:num_requests_running{engine="0",model_name="llama2"} 2.0',
        'vllm:kv_cache_usage_perc{engine="0",model_name="llama2"} 0.25',
        'vllm:lora_requests_info{max_lora="10",running_lora_adapters="sql-lora,tweet-summary",waiting_lora_adapters="sql-lora,sql-lora-1"} 1.7e+09',
        'process_cpu_seconds_total 12',
        '',
      ),
    ).toEqual({
      waiting: 3,
      running: 2,
      kvUsage: 0.25,
      maxLoras: 10,
      adapters: ['sql-lora', 'tweet-summary', 'sql-lora-1'],
    });
  });

  it('tells a family that is absent from one that is 0', () => {
    expect(parse('')).toEqual(NOTHING);
    expect(parse('vllm:num_requests_waiting 0')).toEqual({ ...NOTHING, waiting: 0 });
  });

  it('sums the engines of a pod, and takes the fullest cache', () => {
    expect(
      parse(
        'vllm:num_requests_running{engine="0"} 1',
        'vllm:num_requests_running{engine="1"} 4',
        'vllm:kv_cache_usage_perc{engine="0"} 0.5',
        'vllm:kv_cache_usage_perc{engine="1"} 0.25',
      ),
    ).toEqual({ ...NOTHING, running: 5, kvUsage: 0.5 });
  });

  it("reads the old name of the KV cache's use", () => {
    expect(parse('vllm:gpu_cache_usage_perc{model_name="llama2"} 0.5')).toEqual({ ...NOTHING, kvUsage: 0.5 });
  });

  it.each([
    ['a time stamp behind the value', 'vllm:num_requests_waiting 3 1700000000000'],
    ['an exemplar behind the value', 'vllm:num_requests_waiting 3 # {trace_id="a"} 0.5 1.5'],
    ['a carriage return', 'vllm:num_requests_waiting 3\r'],
    ['several blanks', 'vllm:num_requests_waiting   3'],
    ['an escaped quote and a brace in a label', 'vllm:num_requests_waiting{a="x\\"} 9",b="}"} 3'],
    [
      'a comma and a family in a label',
      'vllm:num_requests_waiting{a="x, y",b="vllm:num_requests_waiting 7"} 3',
    ],
    ['blanks around its labels', 'vllm:num_requests_waiting { a = "x" , b = "y" }\t3'],
    ['a comma behind its last label', 'vllm:num_requests_waiting{a="x",} 3'],
    ['a value in scientific notation', 'vllm:num_requests_waiting 3e0'],
  ])('reads a line with %s', (_, line) => {
    expect(parse(line, 'x 1')).toEqual({ ...NOTHING, waiting: 3 });
  });

  it.each(['NaN', '+Inf', '-Inf', 'x', ''])('passes over the value %j', (value) => {
    expect(parse(`vllm:num_requests_waiting ${value}`)).toEqual(NOTHING);
  });

  it('sums the engines whose values are numbers', () => {
    expect(
      parse(
        'vllm:kv_cache_usage_perc{engine="0"} NaN',
        'vllm:num_requests_waiting{engine="0"} NaN',
        'vllm:num_requests_waiting{engine="1"} 2',
        'vllm:kv_cache_usage_perc{engine="1"} 0.5',
      ),
    ).toEqual({ ...NOTHING, waiting: 2, kvUsage: 0.5 });
  });

  it('reads pages with carriage returns as those without', () => {
    const lines = [
      '# TYPE vllm:num_requests_running gauge',
      'vllm:num_requests_running{engine="0"} 2',
      'vllm:lora_requests_info{max_lora="4",running_lora_adapters="a",waiting_lora_adapters=""} 1',
      '# EOF',
    ];
    const figures = { ...NOTHING, running: 2, maxLoras: 4, adapters: ['a'] };
    expect([parse(...lines), parse(lines.join('\r\n'))]).toEqual([figures, figures]);
  });

  it('passes over a name inside a comment or a label', () => {
    expect(parse('# vllm:num_requests_waiting 7', 'x{a="vllm:num_requests_waiting 8"} 1')).toEqual(NOTHING);
  });

  it('takes the newest of several lora series, the empty one included', () => {
    const lora = (running: string, at: number) =>
      `vllm:lora_requests_info{max_lora="2",running_lora_adapters="${running}",waiting_lora_adapters=""} ${at}`;
    expect(parse(lora('a', 1), lora('b,c', 3), lora('d', 2)).adapters).toEqual(['b', 'c']);
    expect(parse(lora('a', 1), lora('', 3))).toEqual({ ...NOTHING, maxLoras: 2 });
  });

  it('undoes the escapes of adapter names', () => {
    const line =
      'vllm:lora_requests_info{running_lora_adapters="a\\\\b,c\\"d,e\\nf",waiting_lora_adapters=" ü "} 1';
    expect(parse(line).adapters).toEqual(['a\\b', 'c"d', 'e\nf', 'ü']);
  });

  it('passes over a line that breaks off inside its labels', () => {
    expect(parse('vllm:num_requests_waiting{a="x', '# "} 7', 'vllm:num_requests_running 2')).toEqual({
      ...NOTHING,
      running: 2,
    });
    expect(parse('vllm:num_requests_waiting{a="x\\')).toEqual(NOTHING);
  });

  it('reads the adapters that prom-client writes, whatever their names', async () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).map((text) => {
      const named = text.replaceAll(',', '').trim();
      return named === '' ? 'x' : named;
    });
    const names = fc.uniqueArray(name, { maxLength: 4 });
    const series = fc.uniqueArray(fc.record({ at: fc.nat(1e6), running: names, waiting: names }), {
      minLength: 1,
      maxLength: 5,
      selector: ({ at }) => at,
    });
    await fc.assert(
      fc.asyncProperty(series, fc.nat(64), async (infos, slots) => {
        const registry = new Registry();
        const lora = new Gauge({
          name: 'vllm:lora_requests_info',
          help: 'x',
          labelNames: ['max_lora', 'running_lora_adapters', 'waiting_lora_adapters'],
          registers: [registry],
        });
        // prom-client keeps one series for each set of labels, as vLLM does: the last one set counts.
        const ordered = infos.toSorted((a, b) => a.at - b.at);
        for (const { at, running, waiting } of ordered) {
          lora.set(
            {
              max_lora: `${slots}`,
              running_lora_adapters: running.join(','),
              waiting_lora_adapters: waiting.join(','),
            },
            at,
          );
        }
        const newest = ordered.at(-1);
        expect(parseMetrics(Buffer.from(await registry.metrics()))).toEqual({
          ...NOTHING,
          maxLoras: slots,
          adapters: [...new Set([...(newest?.running ?? []), ...(newest?.waiting ?? [])])],
        });
      }),
    );
  });

  it('reads what prom-client writes, whatever else is on the page', async () => {
    const label = fc.string({ unit: 'grapheme', maxLength: 8 });
    const count = fc.nat(1000);
    const engines = fc.array(fc.tuple(count, count, fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(engines, label, fc.array(label, { maxLength: 4 }), async (figures, model, others) => {
        const registry = new Registry();
        const registers = [registry];
        const gauge = (name: string) =>
          new Gauge({ name: `vllm:${name}`, help: 'x', labelNames: ['engine', 'model_name'], registers });
        const [waiting, running, kv] = [
          'num_requests_waiting',
          'num_requests_running',
          'kv_cache_usage_perc',
        ].map(gauge);
        const noise = new Counter({ name: 'vllm:noise', help: 'x', labelNames: ['l'], registers });
        const times = new Histogram({
          name: 'vllm:num_requests_time',
          help: 'x',
          labelNames: ['l'],
          registers,
        });
        for (const l of others) noise.inc({ l });
        for (const l of others) times.observe({ l }, 1);
        figures.forEach(([w, r, k], engine) => {
          const labels = { engine: `${engine}`, model_name: model };
          waiting?.set(labels, w);
          running?.set(labels, r);
          kv?.set(labels, k);
        });
        expect(parseMetrics(Buffer.from(await registry.metrics()))).toEqual({
          ...NOTHING,
          waiting: figures.reduce((total, [w]) => total + w, 0),
          running: figures.reduce((total, [, r]) => total + r, 0),
          kvUsage: Math.max(...figures.map(([, , k]) => k)),
        });
      }),
    );
  });
});
