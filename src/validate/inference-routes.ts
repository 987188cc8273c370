import { z } from 'zod';
import { groupOf, type RawObject } from '../sources/policy/translate.ts';
import { type FieldPath, formatField } from '../sources/problems/problem.ts';
import type { Finding } from './finding.ts';

const filters = z.array(z.looseObject({ type: z.string().optional() })).default([]);
const backend = z.object({ kind: z.string().optional(), name: z.string().optional(), filters });
const rule = z.object({ filters, backendRefs: z.array(backend).default([]) });
const route = z.object({
  apiVersion: z.string(),
  kind: z.literal('HTTPRoute'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({ rules: z.array(rule).default([]) }),
});

type Rule = z.infer<typeof rule>;

const GATEWAY_API = 'gateway.networking.k8s.io';

/**
 * Finds what makes Istio forget the endpoint picker of an HTTPRoute to an InferencePool: it keeps the settings of
 * CORS and of injected faults in the place where the picker's are, and one picker for all backends of a rule.
 */
export function forgottenPickers({ value, locate }: RawObject): readonly Finding[] {
  const read = route.safeParse(value);
  if (!read.success || groupOf(read.data.apiVersion) !== GATEWAY_API) return [];
  const { metadata, spec } = read.data;
  return spec.rules.flatMap((each, index) =>
    faultsOf(each).map(({ path, message }) => {
      const at = ['spec', 'rules', index, ...path];
      const found = { place: locate(at), object: `HTTPRoute ${metadata.name}`, field: formatField(at) };
      return { severity: 'warning' as const, ...found, message };
    }),
  );
}

interface Fault {
  readonly path: FieldPath;
  readonly message: string;
}

function faultsOf({ filters: own, backendRefs }: Rule): readonly Fault[] {
  const pools = backendRefs.filter(({ kind }) => kind === 'InferencePool');
  if (pools.length === 0) return [];
  const names = pools.map(({ name }) => name ?? '?').join(', ');
  return [
    ...replacing(own, ['filters'], names),
    ...backendRefs.flatMap((each, index) =>
      replacing(each.filters, ['backendRefs', index, 'filters'], names),
    ),
    ...(backendRefs.length > 1
      ? [{ path: ['backendRefs'], message: 'Istio asks one picker about all of them, that of the last pool' }]
      : []),
  ];
}

/** CORS is a filter of the Gateway API; faults are one of those that add to it. */
const REPLACING = /^cors$|fault/i;

function replacing(list: Rule['filters'], at: FieldPath, pools: string): readonly Fault[] {
  return list.flatMap(({ type = '' }, index) => {
    if (!REPLACING.test(type)) return [];
    const message = `with ${type} Istio drops the endpoint picker of ${pools}, and any pod gets the requests`;
    return [{ path: [...at, index, 'type'], message }];
  });
}
