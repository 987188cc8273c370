import { loadFileDescriptorSetFromObject } from '@grpc/proto-loader';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { expect, test } from 'vitest';
import { DESCRIPTOR_SET, SERVICES } from '../../src/server/proto.ts';
import { createReflection, type ReflectionRequest } from '../../src/server/reflection.ts';

const reflection = createReflection(DESCRIPTOR_SET);
const EXT_PROC_FILE = 'envoy/service/ext_proc/v3/external_processor.proto';

/** The names of the files that an answer carries, first the one that was asked for. */
function filesFor(request: ReflectionRequest): readonly string[] {
  const files = reflection(request).file_descriptor_response?.file_descriptor_proto ?? [];
  return files.map((bytes) => {
    const file: { readonly name?: string } = descriptor.FileDescriptorProto.decode(bytes).toJSON();
    return file.name ?? '';
  });
}

test('lists every service', () => {
  const request = { list_services: '' };
  expect(reflection(request)).toEqual({
    original_request: request,
    list_services_response: {
      service: Object.values(SERVICES).map((name) => ({ name })),
    },
  });
});

test('gives a file by its name, with all that it needs', () => {
  expect(filesFor({ file_by_filename: EXT_PROC_FILE }).toSorted()).toEqual([
    'envoy/config/core/v3/base.proto',
    'envoy/extensions/filters/http/ext_proc/v3/processing_mode.proto',
    EXT_PROC_FILE,
    'envoy/type/v3/http_status.proto',
    'google/protobuf/duration.proto',
    'google/protobuf/struct.proto',
  ]);
});

test.each([
  SERVICES.extProc,
  `${SERVICES.extProc}.Process`,
  'envoy.service.ext_proc.v3.ProcessingRequest',
  'envoy.service.ext_proc.v3.ProcessingRequest.request_headers',
  'envoy.service.ext_proc.v3.ProcessingRequest.request',
  'envoy.service.ext_proc.v3.CommonResponse.ResponseStatus',
])('finds the file that defines %s', (symbol) => {
  expect(filesFor({ file_containing_symbol: symbol })[0]).toBe(EXT_PROC_FILE);
});

test('finds what a nested enum is in', () => {
  const symbol = 'envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode';
  expect(filesFor({ file_containing_symbol: symbol })).toEqual([
    'envoy/extensions/filters/http/ext_proc/v3/processing_mode.proto',
  ]);
});

test('the files of an answer compile to the service', () => {
  const files = reflection({ file_containing_symbol: SERVICES.extProc }).file_descriptor_response;
  const file = (files?.file_descriptor_proto ?? []).map((bytes) =>
    descriptor.FileDescriptorProto.decode(bytes),
  );
  expect(Object.keys(loadFileDescriptorSetFromObject({ file })[SERVICES.extProc] ?? {})).toEqual(['Process']);
});

test('an unknown name is NOT_FOUND, and what proto3 has not is UNIMPLEMENTED', () => {
  const file = { file_by_filename: 'a.proto' };
  const symbol = { file_containing_symbol: 'a.B' };
  const extension = { all_extension_numbers_of_type: 'a.B' };
  expect([file, symbol, extension].map((request) => reflection(request))).toEqual([
    { original_request: file, error_response: { error_code: 5, error_message: 'a.proto not found' } },
    { original_request: symbol, error_response: { error_code: 5, error_message: 'a.B not found' } },
    {
      original_request: extension,
      error_response: { error_code: 12, error_message: 'proto3 messages have no extensions' },
    },
  ]);
});
