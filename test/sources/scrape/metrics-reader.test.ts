import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetricsReader, type PageReading } from '../../../src/sources/scrape/metrics-reader.ts';
import { type LoadFigures, parseMetrics } from '../../../src/sources/scrape/parse-metrics.ts';

const NOTHING = {
  waiting: undefined,
  running: undefined,
  kvUsage: undefined,
  maxLoras: undefined,
  adapters: [],
};

describe('createMetricsReader', () => {
  const family = (name: string, series: readonly string[]) => [
    `# HELP ${name} x`,
    `# TYPE ${name} gauge`,
    ...series.map((rest) => `${name}${rest}`),
  ];
  const series = fc.array(
    fc.tuple(fc.nat(3), fc.nat(1_000)).map(([engine, value]) => `{engine="${engine}"} ${value}`),
    { minLength: 1, maxLength: 3 },
  );
  const noise = fc
    .nat(3_000)
    .map((length) => family('vllm:noise', [`{l="${'# TYPE vllm:'.repeat(length / 12)}"} 1`]));
  const page = fc
    .tuple(noise, series, series, noise, series)
    .map(([before, running, waiting, between, kv]) =>
      Buffer.from(
        [
          ...before,
          ...family('vllm:num_requests_running', running),
          ...family('vllm:num_requests_waiting', waiting),
          ...family('vllm:num_requests_waiting_by_reason', waiting),
          ...between,
          ...family('vllm:kv_cache_usage_perc', kv),
          '',
        ].join('\n'),
      ),
    );
  /** Reads a page that comes in one piece, and again if it has to be. */
  function read(startPage: () => PageReading, page: Buffer | string): LoadFigures {
    const figures = readOnce(startPage, page);
    return figures === 'moved' ? read(startPage, page) : figures;
  }

  function readOnce(startPage: () => PageReading, page: Buffer | string): LoadFigures | 'moved' {
    const reading = startPage();
    reading.take(Buffer.from(page));
    return reading.end();
  }

  /** Reads so many pages that the families' order is known, and that all are searched for in the next. */
  function upToSearch(startPage: () => PageReading, page: Buffer | string): void {
    for (let at = 1; at < 16; at += 1) read(startPage, page);
  }

  it('reads a page as if it were the first, however its families have moved since the last', () => {
    fc.assert(
      fc.property(fc.array(page, { minLength: 1, maxLength: 12 }), (pages) => {
        const startPage = createMetricsReader();
        for (const each of pages) expect(read(startPage, each)).toEqual(parseMetrics(each));
      }),
    );
  });

  it('reads a page that comes in pieces, each overwritten by the next, as one that comes at once', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(page, cuts, (whole, sizes) => {
        const startPage = createMetricsReader();
        const buffer = Buffer.alloc(700);
        // The first two are searched, the others gone through.
        for (let time = 0; time < 4; time += 1) {
          const reading = startPage();
          for (let at = 0, piece = time; at < whole.length; piece += 1) {
            const length = whole.copy(buffer, 0, at, at + (sizes[piece % sizes.length] ?? 1));
            reading.take(buffer.subarray(0, length));
            at += length;
          }
          expect(reading.end()).toEqual(parseMetrics(whole));
        }
      }),
    );
  });

  it('reads nothing behind the last wanted family, once two pages had them in the same order', () => {
    const startPage = createMetricsReader();
    const wanted = 'vllm:num_requests_running 1\nvllm:num_requests_waiting 2\n';
    const odd = `${wanted}vllm:other 1\nvllm:num_requests_waiting 3\n`;
    const waiting = () => read(startPage, odd).waiting;
    expect([waiting(), waiting(), waiting()]).toEqual([5, 5, 2]);
  });

  it('has a page asked for again whose families stand in another order', () => {
    const startPage = createMetricsReader();
    const [running, waiting] = ['vllm:num_requests_running 1\n', 'vllm:num_requests_waiting 2\n'];
    read(startPage, running + waiting);
    read(startPage, running + waiting);
    expect(readOnce(startPage, waiting + running)).toBe('moved');
    expect(readOnce(startPage, waiting + running)).toEqual({ ...NOTHING, waiting: 2, running: 1 });
  });

  it('has no page asked for again of a server that has no order', () => {
    const startPage = createMetricsReader();
    const [running, waiting] = ['vllm:num_requests_running 1\n', 'vllm:num_requests_waiting 2\n'];
    for (let time = 0; time < 40; time += 1) {
      const figures = readOnce(startPage, time % 2 === 0 ? running + waiting : waiting + running);
      expect(figures).toEqual({ ...NOTHING, waiting: 2, running: 1 });
    }
  });

  it('finds a family that appears later within sixteen pages', () => {
    const startPage = createMetricsReader();
    const waiting = 'vllm:num_requests_waiting 1\n';
    upToSearch(startPage, waiting);
    expect(read(startPage, `vllm:num_requests_running 7\n${waiting}`)).toEqual({
      ...NOTHING,
      waiting: 1,
      running: 7,
    });
  });

  it('reads the next page whole after one without any figure, as of a server that is starting', () => {
    const startPage = createMetricsReader();
    const whole = 'vllm:num_requests_waiting 2\nvllm:num_requests_running 7\n';
    for (let time = 0; time < 3; time += 1) read(startPage, whole);
    expect([read(startPage, '\n'), read(startPage, whole)]).toEqual([
      NOTHING,
      { ...NOTHING, waiting: 2, running: 7 },
    ]);
  });

  it('passes over the names of families in helps, types, labels and longer names', () => {
    const startPage = createMetricsReader();
    const odd = [
      '# HELP vllm:num_requests_waiting as in # TYPE vllm:num_requests_waiting gauge',
      'vllm:num_requests_waiting_by_reason{reason="vllm:num_requests_waiting 9"} 8',
      'vllm:num_requests_waiting{engine="0"} 2',
      'vllm:num_requests_waiting{engine="1"} 3',
      'vllm:num_requests_waiting_by_reason{reason="x"} 7',
      '',
    ].join('\n');
    for (let time = 0; time < 4; time += 1) expect(read(startPage, odd)).toEqual({ ...NOTHING, waiting: 5 });
  });
});
