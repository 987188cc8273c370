import { expect, test } from 'vitest';
import { checkAuthority } from '../../src/doctor/check-authority.ts';
import type { ExtProcFact } from '../../src/doctor/envoy-facts.ts';
import type { AuthorityAnswers } from '../../src/doctor/listener.ts';
import { pool, route } from '../core/objects.ts';
import { extProc } from './envoy.ts';
import { compiled } from './snapshots.ts';

const A = pool('a', { picker: 'serin-a' });
const B = pool('b', { picker: 'serin-b' });
const ONE = compiled([A]).snapshot;
const TWO = compiled([A, B]).snapshot;

function said(changes: Partial<ExtProcFact>, snapshot = ONE, answers: AuthorityAnswers = new Map()) {
  return checkAuthority({ filter: extProc(changes), snapshot, answers, transport: 'native' }).map(
    ({ kind, message }) => `${kind}: ${message}`,
  );
}

test('an authority that the running Serin answers is well, one that it resets is a fault', () => {
  expect(said({}, ONE, new Map([['serin', 'answered']]))).toEqual([
    'ok: Envoy sends the :authority serin, and Serin answers it',
  ]);
  expect(said({}, ONE, new Map([['serin', 'reset']]))).toEqual([
    'fault: Serin resets streams with the :authority serin',
  ]);
});

test('without an authority it is the cluster’s name, which is a fault where the transport takes hosts alone', () => {
  const filter = extProc({ authority: undefined, cluster: 'outbound|9002||serin' });
  const checked = (transport: 'native' | 'grpc-js', answers: AuthorityAnswers = new Map()) =>
    checkAuthority({ filter, snapshot: ONE, answers, transport }).map(
      ({ kind, message }) => `${kind}: ${message}`,
    );
  expect(checked('native')).toEqual([
    'ok: Envoy sends the :authority outbound|9002||serin, which is no host; --transport=native takes it',
  ]);
  expect(checked('grpc-js')).toEqual([
    'fault: --transport=grpc-js resets streams with the :authority outbound|9002||serin, which is no host',
  ]);
  // What the running Serin does counts for more than what flags say.
  expect(checked('grpc-js', new Map([['outbound|9002||serin', 'answered']]))).toEqual([
    'ok: Envoy sends the :authority outbound|9002||serin, and Serin answers it',
  ]);
  expect(said({ authority: undefined, cluster: undefined })).toEqual([]);
});

test('with several pools it has to tell the pool, unless metadata or a route do', () => {
  const sent = (authority: string) => `ok: Envoy sends the :authority ${authority}`;
  const picker = 'serin-b.default.svc.cluster.local:9002';
  expect(said({ authority: picker }, TWO)).toEqual([
    sent(picker),
    `ok: ${picker} is the picker of default/b`,
  ]);
  expect(said({}, TWO)).toEqual([
    sent('serin'),
    'fault: there are 2 pools, and the :authority serin names the Service of none',
  ]);
  expect(said({ metadata: ['x-serin-pool'] }, TWO)).toEqual([sent('serin')]);
  const routed = compiled([A, B, route('r', 'a.example.com', A.key)]).snapshot;
  expect(said({}, routed)).toEqual([sent('serin')]);
  expect(said({}, compiled([A, B], [], A.key).snapshot)).toEqual([sent('serin')]);
});
