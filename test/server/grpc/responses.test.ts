import { expect, test } from 'vitest';
import {
  plainHeaders,
  RESPONSE_HEADERS,
  trailersOf,
  trailersOnly,
} from '../../../src/server/grpc/responses.ts';
import { createHpackDecoder } from '../../../src/server/http2/hpack/decoder.ts';
import { OK, StatusCode } from '../../../src/server/status.ts';

function fieldsOf(block: Uint8Array): readonly string[] {
  const fields: string[] = [];
  const onField = ({ name, value }: { name: string; value: string }) => void fields.push(`${name}: ${value}`);
  expect(createHpackDecoder({ maxTableBytes: 0, onField }).decode(block)).toBeUndefined();
  return fields;
}

test('a response with messages has headers, and a status behind them', () => {
  expect(fieldsOf(RESPONSE_HEADERS)).toEqual([
    ':status: 200',
    'content-type: application/grpc',
    'grpc-accept-encoding: identity',
  ]);
  expect(fieldsOf(trailersOf(OK))).toEqual(['grpc-status: 0']);
});

test('a message of a status is percent-encoded and has an end', () => {
  const status = { code: StatusCode.internal, message: '100 % ü\n' };
  expect(fieldsOf(trailersOf(status))).toEqual(['grpc-status: 13', 'grpc-message: 100 %25 %C3%BC%0A']);
  const long = fieldsOf(trailersOf({ ...status, message: 'x'.repeat(5000) }));
  expect(long[1]?.length).toBe('grpc-message: '.length + 1024);
});

test('without a message headers and status are one block', () => {
  expect(fieldsOf(trailersOnly({ code: StatusCode.unimplemented, message: '' }))).toEqual([
    ':status: 200',
    'content-type: application/grpc',
    'grpc-accept-encoding: identity',
    'grpc-status: 12',
  ]);
});

test('what is no gRPC gets a status of HTTP', () => {
  expect(fieldsOf(plainHeaders('415', 7))).toEqual([
    ':status: 415',
    'content-type: text/plain',
    'content-length: 7',
  ]);
  expect(fieldsOf(plainHeaders('405', 7))).toEqual([
    ':status: 405',
    'allow: POST',
    'content-type: text/plain',
    'content-length: 7',
  ]);
});
