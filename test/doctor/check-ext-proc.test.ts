import { expect, test } from 'vitest';
import { checkExtProcs } from '../../src/doctor/check-ext-proc.ts';
import type { ExtProcFact } from '../../src/doctor/envoy-facts.ts';
import { extProc } from './envoy.ts';

const LIMITS = { decisionTimeout: 1000, maxBodyBytes: 10_485_760 };

function said(changes: Partial<ExtProcFact>) {
  return checkExtProcs([extProc(changes)], LIMITS).map(
    ({ kind, check, message }) => `${kind} ${check}: ${message}`,
  );
}

const FULL_DUPLEX_OK = 'ok body mode: Envoy sends request bodies FULL_DUPLEX_STREAMED';

test('the shipped filter is well', () => {
  expect(said({})).toEqual([FULL_DUPLEX_OK]);
});

test('an Envoy without the filter asks nobody', () => {
  expect(checkExtProcs([], LIMITS)).toEqual([
    expect.objectContaining({ kind: 'fault', message: 'Envoy has no ext_proc filter' }),
  ]);
});

test('request headers have to be sent', () => {
  expect(said({ requestHeaderMode: 'SKIP' })[0]).toBe(
    'fault Envoy ext_proc: the request headers are not sent, so Serin cannot pick a pod',
  );
});

test('a body that is not seen is a fault, one that comes after the pick a warning', () => {
  expect(said({ requestBodyMode: 'NONE' })[0]).toBe(
    'fault body mode: Envoy sends no request body, so no model name is read or replaced',
  );
  expect(said({ requestBodyMode: 'STREAMED' })[0]).toBe(
    'warning body mode: Envoy sends request bodies STREAMED, so pods are picked before the model is known',
  );
  expect(said({ requestBodyMode: 'STREAMED', sendsBodyAtOnce: true })[0]).toBe(
    'ok body mode: Envoy sends request bodies STREAMED, without waiting for the header reply',
  );
});

test('a body that Envoy buffers has to fit into its buffer', () => {
  expect(said({ requestBodyMode: 'BUFFERED' })).toEqual([
    'ok body mode: Envoy sends request bodies BUFFERED',
  ]);
  expect(said({ requestBodyMode: 'BUFFERED', bufferLimitBytes: 1_048_576 })[0]).toBe(
    'warning body mode: Envoy holds request bodies (BUFFERED) only up to 1048576 bytes and answers longer ones with 413 or cuts them',
  );
});

test('a message timeout that ends before a decision counts, but not in full duplex, where Envoy has none', () => {
  expect(said({ messageTimeoutMs: 200 })).toEqual([FULL_DUPLEX_OK]);
  expect(said({ messageTimeoutMs: 200, requestBodyMode: 'BUFFERED' })[1]).toBe(
    'warning Envoy ext_proc: message_timeout is 200 ms, so Envoy answers 504 before Serin’s 1000 ms for a decision are over',
  );
});

test('what costs Serin its knowledge, or the gateway its safety, is a warning', () => {
  const changes = { responseBodyMode: 'BUFFERED', responseTrailerMode: 'SKIP', failureModeAllow: true };
  expect(said({ ...changes, receivedNamespaces: [] })).toEqual([
    FULL_DUPLEX_OK,
    'warning body mode: Envoy holds response bodies back (BUFFERED), so streams of tokens arrive all at once',
    'warning Envoy ext_proc: the stream ends before the response does, so Serin does not know what is in flight',
    'warning Envoy ext_proc: requests go on without Serin when it fails: with no pod picked, or with one that the client named',
    'warning Envoy ext_proc: Envoy drops the dynamic metadata that name the pod; only the header does',
  ]);
});
