import type { Buckets } from './buckets.ts';
import type { Labels, Series } from './exposition.ts';
import { createCounter, createGauge, createHistogram, headerOf } from './exposition.ts';
import type { Family } from './families.ts';
import { familiesOf } from './families.ts';

/** What the series of a server have in common. */
export interface FamiliesSetup {
  readonly generation: 'v0' | 'v1';
  readonly buckets: Buckets;
  readonly model: string;
  /** Unix time of the server's start. */
  readonly startedS: number;
}

/** The series of all families of one generation. */
export interface Families {
  /**
   * Records a value under a family's name, or its name and the value of its own label; does nothing for a
   * family that this generation does not have.
   */
  readonly record: (name: string, value: number, times?: number) => void;
  readonly text: () => string;
}

interface Shown {
  readonly header: string;
  readonly series: readonly Series[];
  /** The gauges of the time at which each series began, which vLLM's own library adds. */
  readonly created: string;
}

/** Creates the families of a generation; every series is there from the start. */
export function createFamilies(setup: FamiliesSetup): Families {
  const byName = new Map<string, Series>();
  const shown = familiesOf(setup.generation).map((family) => show(family, setup, byName));
  return {
    record: (name, value, times) => byName.get(name)?.record(value, times),
    text: () =>
      shown
        .map(({ header, series, created }) => header + series.map((each) => each.text()).join('') + created)
        .join(''),
  };
}

function show(family: Family, setup: FamiliesSetup, byName: Map<string, Series>): Shown {
  const { name, type, help } = family;
  const children = childrenOf(family, setup);
  const series = children.map(({ key, labels }) => {
    const one = createSeries(family, labels, setup.buckets);
    byName.set(key, one);
    return one;
  });
  return {
    header: headerOf(type === 'counter' ? `${name}_total` : name, type, help),
    series,
    created: type === 'gauge' ? '' : createdText(family, children, setup.startedS),
  };
}

interface Child {
  readonly key: string;
  readonly labels: Labels;
}

function childrenOf(
  { name, by, wholeServer }: Family,
  { generation, model }: FamiliesSetup,
): readonly Child[] {
  const engine = generation === 'v1' && wholeServer !== true ? { engine: '0' } : {};
  const labels = { ...engine, model_name: model };
  if (by === undefined) return [{ key: name, labels }];
  return by.values.map((value) => ({ key: `${name} ${value}`, labels: { ...labels, [by.label]: value } }));
}

function createSeries({ name, type, buckets }: Family, labels: Labels, bounds: Buckets): Series {
  switch (type) {
    case 'counter':
      return createCounter(name, labels);
    case 'gauge':
      return createGauge(name, labels);
    case 'histogram':
      return createHistogram(name, labels, buckets === undefined ? [] : bounds[buckets]);
  }
}

function createdText({ name, help }: Family, children: readonly Child[], startedS: number): string {
  const gauges = children.map(({ labels }) => {
    const gauge = createGauge(`${name}_created`, labels);
    gauge.record(startedS);
    return gauge.text();
  });
  return headerOf(`${name}_created`, 'gauge', help) + gauges.join('');
}
