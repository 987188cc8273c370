import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkClientHeader } from '../../src/doctor/check-client-header.ts';
import { type FilterChainFact, readFilterChains } from '../../src/doctor/filter-chains.ts';
import { meshConfig, wiring } from '../e2e/mesh.ts';
import { cluster, extProc } from './envoy.ts';

const AT = { host: '127.0.0.1', port: 1 };
const HEADER = 'x-gateway-destination-endpoint';
const ORIGINAL_DST = cluster({ destination: { kind: 'original-dst', header: HEADER } });
const OVERRIDE_HOST = cluster({ destination: { kind: 'override-host' } });
const OPEN = { filters: [], asks: true, strips: false };

function said(chains: readonly FilterChainFact[], clusters = [OVERRIDE_HOST], failureModeAllow = true) {
  const facts = { chains, clusters, filters: [extProc({ failureModeAllow })] };
  return checkClientHeader(facts).map(({ kind, message }) => `${kind}: ${message}`);
}

/** The chains of a wiring, in the Envoy that takes it. */
function chainsOf(name: string, edit: (filters: unknown[]) => void = () => undefined) {
  const config = parse(meshConfig({ objects: wiring(name), serin: [AT], pods: [AT] }));
  edit(config.static_resources.listeners[0].filter_chains[0].filters[0].typed_config.http_filters);
  return readFilterChains({ configs: [config, config] });
}

test.each(['envoyfilter', 'original-dst', 'fail-open'])('manifests/istio/%s removes it first', (name) => {
  const chains = chainsOf(name);
  expect(chains).toEqual([
    {
      filters: [
        'envoy.filters.http.header_mutation/serin',
        'envoy.filters.http.ext_proc/serin',
        'envoy.filters.http.router',
      ],
      asks: true,
      strips: true,
    },
  ]);
  expect(said(chains)).toEqual([`ok: ${HEADER} of a client is removed before Serin is asked`]);
});

test('a removal behind ext_proc is none: it would take Serin’s choice', () => {
  const [moved] = chainsOf('original-dst', (filters) => filters.splice(1, 0, ...filters.splice(0, 1)));
  expect(moved).toMatchObject({ asks: true, strips: false });
  const [gone] = chainsOf('original-dst', (filters) => filters.splice(0, 1));
  expect(gone).toMatchObject({ asks: true, strips: false });
});

test('without it a client reaches any address where Envoy goes by the header and on without Serin', () => {
  expect(said([OPEN], [ORIGINAL_DST])).toEqual([
    `fault: ${HEADER} of a client is not removed, and without Serin Envoy connects to the address in it, whatever it is`,
  ]);
});

test('elsewhere it is a warning, and where nobody asks Serin nothing is said', () => {
  const warned = [
    `warning: ${HEADER} of a client is not removed before Serin is asked, so Serin alone keeps it from leading anywhere`,
  ];
  expect([said([OPEN]), said([OPEN], [ORIGINAL_DST], false)]).toEqual([warned, warned]);
  expect(said([{ ...OPEN, asks: false }])).toEqual([]);
});
