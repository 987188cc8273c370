import { z } from 'zod';
import { poolKey } from '../../core/names.ts';
import type { ObjectMeta, RouteObject } from '../../core/policy.ts';
import { type Checked, check, type FieldProblem } from '../problems/schema-check.ts';
import { objectName } from './metadata.ts';
import { POOL_GROUPS } from './pool-ref.ts';

const HOST = /^(\*|(\*\.)?[a-z0-9_]([-a-z0-9_.]*[a-z0-9_])?|\[[0-9a-f:.]+\])$/;

const host = z
  .string()
  .min(1)
  // Hosts match without their port, so one in the manifest says nothing.
  .transform((text) => text.toLowerCase().replace(/:\d+$/, ''))
  .refine((text) => HOST.test(text), 'must be a host name, *.domain or *');

const backendRef = z.strictObject({
  group: z.enum(POOL_GROUPS).optional(),
  kind: z.literal('InferencePool'),
  name: objectName,
  namespace: objectName.optional(),
});

// Strict: a condition or a weight that is ignored would send requests where the user does not want them.
const routeSpec = z.strictObject({
  gateways: z.array(z.string()).optional(),
  host,
  rules: z.array(z.strictObject({ backendRefs: z.array(z.strictObject({ backendRef })) })),
});

/** Translates the spec of an LLMRoute: one host served by one InferencePool. */
export function translateRoute(spec: unknown, meta: ObjectMeta): Checked<RouteObject> {
  const checked = check(routeSpec, spec, ['spec']);
  if (checked.kind === 'invalid') return checked;
  const backends = checked.value.rules.flatMap(({ backendRefs }, rule) =>
    backendRefs.map((entry, index) => ({
      path: ['spec', 'rules', rule, 'backendRefs', index, 'backendRef', 'name'],
      pool: poolKey(entry.backendRef.namespace ?? meta.namespace, entry.backendRef.name),
    })),
  );
  const [first, ...others] = backends;
  if (first === undefined) return { kind: 'invalid', problems: [NO_POOL] };
  const { pool } = first;
  const strangers = others.filter((backend) => backend.pool !== pool);
  if (strangers.length > 0) {
    return { kind: 'invalid', problems: strangers.map(({ path }) => secondPool(path, pool)) };
  }
  return { kind: 'ok', value: { kind: 'route', meta, host: checked.value.host, pool } };
}

const NO_POOL: FieldProblem = {
  path: ['spec', 'rules'],
  message: 'must name an InferencePool in backendRefs',
};

function secondPool(path: FieldProblem['path'], pool: string): FieldProblem {
  return { path, message: `names a second pool beside ${pool}, but a route serves its host from one pool` };
}
