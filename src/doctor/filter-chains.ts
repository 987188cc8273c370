import { z } from 'zod';
import { DESTINATION_HEADER } from '../extproc/keys.ts';

/** The HTTP filters of one connection manager of Envoy, in their order. */
export interface FilterChainFact {
  readonly filters: readonly string[];
  /** Whether it asks a picker by ext_proc. */
  readonly asks: boolean;
  /** Whether a filter before that takes a client's destination header away. */
  readonly strips: boolean;
}

const filter = z.object({ name: z.string(), typed_config: z.record(z.string(), z.unknown()).default({}) });
const chain = z.object({ http_filters: z.array(filter) });
const removal = z.object({
  mutations: z.object({
    request_mutations: z.array(z.object({ remove: z.string().optional() })).default([]),
  }),
});

type Filter = z.infer<typeof filter>;

/** Finds the filters of every connection manager of a config_dump, those that are alike once. */
export function readFilterChains(dump: unknown): readonly FilterChainFact[] {
  const facts = chainsIn(dump).map(factOf);
  return [...new Map(facts.map((fact) => [JSON.stringify(fact), fact])).values()];
}

function chainsIn(value: unknown): readonly (readonly Filter[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? undefined : chain.safeParse(value).data?.http_filters;
  return [...(own === undefined ? [] : [own]), ...Object.values(value).flatMap(chainsIn)];
}

function factOf(filters: readonly Filter[]): FilterChainFact {
  const asking = filters.findIndex(({ typed_config }) => isExtProc(typed_config));
  return {
    filters: filters.map(({ name }) => name),
    asks: asking >= 0,
    strips: asking >= 0 && filters.slice(0, asking).some(stripsDestination),
  };
}

function isExtProc(config: Readonly<Record<string, unknown>>): boolean {
  return String(config['@type']).endsWith('.ext_proc.v3.ExternalProcessor');
}

function stripsDestination({ typed_config: config }: Filter): boolean {
  const mutations = removal.safeParse(config).data?.mutations.request_mutations ?? [];
  return mutations.some(({ remove }) => remove?.toLowerCase() === DESTINATION_HEADER);
}
