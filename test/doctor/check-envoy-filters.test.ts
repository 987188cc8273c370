import { expect, test } from 'vitest';
import { checkEnvoyFilters } from '../../src/doctor/check-envoy-filters.ts';
import type { EnvoyFilterFact } from '../../src/doctor/mesh.ts';
import { envoyFiltersOf, mesh } from './mesh-objects.ts';

const ADDED = ['envoy.filters.http.header_mutation/serin', 'envoy.filters.http.ext_proc/serin'];

function said(envoyFilters: readonly EnvoyFilterFact[], filters?: readonly string[]) {
  const known = filters && new Set(filters);
  return checkEnvoyFilters(mesh({ envoyFilters }), known).map(({ kind, message }) => `${kind}: ${message}`);
}

test('only those that have to do with ext_proc are looked at', () => {
  expect(envoyFiltersOf('envoyfilter').map(({ name, adds }) => [name, adds])).toEqual([
    ['serin-ext-proc', ADDED],
  ]);
  expect(envoyFiltersOf('gateway-api').map(({ name }) => name)).toEqual([]);
  expect(envoyFiltersOf('gateway-api-override').map(({ name }) => name)).toEqual(['serin-override']);
});

test('one that selects no pod is a fault, with where it looked', () => {
  const [own] = envoyFiltersOf('envoyfilter').map((each) => ({ ...each, selectsPods: false }));
  expect(said(own === undefined ? [] : [own, { ...own, namespace: 'default' }])).toEqual([
    'fault: istio-system/serin-ext-proc selects no pod of any namespace, so no proxy takes it',
    'fault: default/serin-ext-proc selects no pod of the namespace default, so no proxy takes it',
  ]);
});

test('one whose filters are not in the Envoy that is looked at is a fault', () => {
  const filters = envoyFiltersOf('envoyfilter');
  expect(said(filters, ['envoy.filters.http.router', ADDED[0] ?? ''])).toEqual([
    'fault: istio-system/serin-ext-proc is not in this Envoy, which has no filter envoy.filters.http.ext_proc/serin',
  ]);
  expect(said(filters, ADDED)).toEqual([
    'ok: istio-system/serin-ext-proc selects pods, and this Envoy has what it adds',
  ]);
  expect(said(filters)).toEqual(['ok: istio-system/serin-ext-proc selects pods']);
});
