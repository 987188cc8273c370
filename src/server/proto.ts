import { fileURLToPath } from 'node:url';
import type { PackageDefinition, ServiceDefinition } from '@grpc/proto-loader';
import { loadSync } from '@grpc/proto-loader';
import type { Codec } from './method.ts';

/** The folder of the pruned protos; it lies beside `src` and, in a build, beside `dist`. */
const PROTO_FOLDER = fileURLToPath(new URL('../../proto/', import.meta.url));

/** The services that the protos of the project define, by their full names. */
export const SERVICES = {
  accessLog: 'envoy.service.accesslog.v3.AccessLogService',
  extProc: 'envoy.service.ext_proc.v3.ExternalProcessor',
  health: 'grpc.health.v1.Health',
  reflection: 'grpc.reflection.v1.ServerReflection',
  reflectionAlpha: 'grpc.reflection.v1alpha.ServerReflection',
} as const;

/** The checked-in descriptor set of all protos, for reflection. */
export const DESCRIPTOR_SET = `${PROTO_FOLDER}serin.protoset`;

/** Loads the protos with original field names; absent fields stay absent, enums are names. */
export function loadProtos(): PackageDefinition {
  return loadSync(
    [
      'envoy/service/ext_proc/v3/external_processor.proto',
      'envoy/service/accesslog/v3/als.proto',
      'grpc/reflection/v1/reflection.proto',
      'grpc/reflection/v1alpha/reflection.proto',
      'grpc/health/v1/health.proto',
    ],
    { includeDirs: [PROTO_FOLDER], keepCase: true, longs: Number, enums: String, oneofs: true },
  );
}

/** Finds a service; throws if the protos do not define it, which is a fault of the build. */
export function serviceOf(protos: PackageDefinition, name: string): ServiceDefinition {
  const found = protos[name];
  if (found === undefined || 'format' in found) throw new Error(`the protos define no service ${name}`);
  return found;
}

/** The codec of a method by its definition, for methods off the hot path. */
export function protoCodec<Request extends object, Response extends object>(
  protos: PackageDefinition,
  service: string,
  name: string,
): Codec<Request, Response> {
  const method = serviceOf(protos, service)[name];
  if (method === undefined) throw new Error(`the protos define no method ${service}/${name}`);
  return {
    path: method.path,
    decode: (bytes) => {
      try {
        return method.requestDeserialize(Buffer.from(bytes)) as Request;
      } catch {
        // The library's only way to say that the bytes are no such message.
        return undefined;
      }
    },
    encode: (message) => [method.responseSerialize(message)],
  };
}
