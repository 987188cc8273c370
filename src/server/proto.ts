import { fileURLToPath } from 'node:url';
import { loadSync, type PackageDefinition, type ServiceDefinition } from '@grpc/proto-loader';

/** The folder of the pruned protos; it lies beside `src` and, in a build, beside `dist`. */
const PROTO_FOLDER = fileURLToPath(new URL('../../proto/', import.meta.url));

/** The services that the protos of the project define, by their full names. */
export const SERVICES = {
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
