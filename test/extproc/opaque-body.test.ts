import { describe, expect, it } from 'vitest';
import { emptyHead } from '../../src/extproc/decode.ts';
import { opaqueReason } from '../../src/extproc/opaque-body.ts';

describe('opaqueReason', () => {
  it.each([
    [undefined, undefined, undefined],
    ['application/json; charset=utf-8', undefined, undefined],
    ['application/vnd.api+json', 'identity', undefined],
    ['application/x-www-form-urlencoded', undefined, undefined],
    ['text/plain', undefined, undefined],
    ['application/json', 'gzip', 'content_encoding'],
    ['multipart/form-data; boundary=x', undefined, 'content_type'],
    ['application/octet-stream', undefined, 'content_type'],
  ])('type %j with encoding %j is %j', (contentType, contentEncoding, reason) => {
    expect(opaqueReason({ ...emptyHead(), contentType, contentEncoding })).toBe(reason);
  });
});
