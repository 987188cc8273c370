import type { PackageDefinition } from '@grpc/proto-loader';
import type { Batch } from '../accesslog/log-entry.ts';
import { readBatch } from '../accesslog/read-batch.ts';
import { createRequestReader } from '../extproc/read-request.ts';
import { createResponseWriter } from '../extproc/write-response.ts';
import type { AccessLogService } from './access-log.ts';
import type { ExtProcService } from './ext-proc-call.ts';
import type { Health } from './health.ts';
import { createHealthMethods } from './health-methods.ts';
import type { Method } from './method.ts';
import { createMethod } from './method.ts';
import { protoCodec, SERVICES } from './proto.ts';
import type { Reflection, ReflectionRequest, ReflectionResponse } from './reflection.ts';

/** What one gRPC port offers. */
export interface ServiceOptions {
  readonly protos: PackageDefinition;
  readonly health: Health;
  /** Absent on a port for probes alone. */
  readonly extProc?: ExtProcService;
  readonly accessLog?: AccessLogService;
  readonly reflection?: Reflection;
}

/** The methods of a port, for either transport. */
export interface Services {
  readonly methods: readonly Method[];
  /** Ends the calls that have no end of their own, so that a drain can finish. */
  readonly endWatches: () => void;
}

/** Collects the methods of a port; ext_proc has a codec of its own, since every request passes it. */
export function createServices({ protos, health, extProc, accessLog, reflection }: ServiceOptions): Services {
  const { methods, endWatches } = createHealthMethods(protos, health);
  return {
    methods: [
      ...methods,
      ...(extProc === undefined ? [] : [extProcMethod(extProc)]),
      ...(accessLog === undefined ? [] : [accessLogMethod(accessLog)]),
      ...(reflection === undefined ? [] : reflectionMethods(protos, reflection)),
    ],
    endWatches: () => {
      endWatches();
      accessLog?.endStreams();
    },
  };
}

function extProcMethod(service: ExtProcService): Method {
  const path = `/${SERVICES.extProc}/Process`;
  const codec = { path, decode: createRequestReader(), encode: createResponseWriter() };
  return createMethod(codec, service);
}

/** Its only message back is empty. */
function accessLogMethod({ accept }: AccessLogService): Method {
  const codec = {
    path: `/${SERVICES.accessLog}/StreamAccessLogs`,
    decode: readBatch,
    encode: (): readonly Uint8Array[] => [],
  };
  return createMethod<Batch, 'received'>(codec, accept);
}

function reflectionMethods(protos: PackageDefinition, reflection: Reflection): readonly Method[] {
  return [SERVICES.reflection, SERVICES.reflectionAlpha].map((service) => {
    const codec = protoCodec<ReflectionRequest, ReflectionResponse>(protos, service, 'ServerReflectionInfo');
    return createMethod(codec, (call) => ({
      onMessage: (request) => call.send(reflection(request)),
      onHalfClose: () => call.end(),
      onClose: () => undefined,
    }));
  });
}
