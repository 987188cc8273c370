import type { PackageDefinition } from '@grpc/proto-loader';
import type { Health, ServingStatus } from './health.ts';
import type { Call, CallHandlers, Method } from './method.ts';
import { createMethod } from './method.ts';
import { protoCodec, SERVICES } from './proto.ts';
import { StatusCode } from './status.ts';

/** `grpc.health.v1.HealthCheckRequest`. */
interface HealthRequest {
  readonly service?: string;
}

/** `grpc.health.v1.HealthCheckResponse`. */
interface HealthResponse {
  readonly status: ServingStatus | 'SERVICE_UNKNOWN';
}

/** The health service, and what ends all who watch it now or later, since a watch has no end of its own. */
export interface HealthMethods {
  readonly methods: readonly Method[];
  readonly endWatches: () => void;
}

const NO_REQUEST = { code: StatusCode.internal, message: 'no request' };
const SHUTTING_DOWN = { code: StatusCode.unavailable, message: 'shutting down' };

interface Watch {
  readonly service: string;
  readonly call: Call<HealthResponse>;
}

/** Serves the gRPC health checking protocol (https://github.com/grpc/grpc/blob/master/doc/health-checking.md). */
export function createHealthMethods(protos: PackageDefinition, health: Health): HealthMethods {
  const watches = new Set<Watch>();
  let ending = false;
  health.subscribe((service, status) => {
    for (const watch of watches) if (watch.service === service) watch.call.send({ status });
  });

  function check(call: Call<HealthResponse>): CallHandlers<HealthRequest> {
    return {
      onMessage: ({ service = '' }) => {
        const status = health.statuses().get(service);
        if (status === undefined)
          return call.end({ code: StatusCode.notFound, message: `no service ${service}` });
        call.send({ status });
        call.end();
      },
      onHalfClose: () => call.end(NO_REQUEST),
      onClose: () => undefined,
    };
  }

  /** A service that is not known may appear, so its watch stays open. */
  function watch(call: Call<HealthResponse>): CallHandlers<HealthRequest> {
    let watched: Watch | undefined;
    return {
      onMessage: ({ service = '' }) => {
        if (watched !== undefined) return;
        if (ending) return call.end(SHUTTING_DOWN);
        watched = { service, call };
        watches.add(watched);
        call.send({ status: health.statuses().get(service) ?? 'SERVICE_UNKNOWN' });
      },
      onHalfClose: () => {
        if (watched === undefined) call.end(NO_REQUEST);
      },
      onClose: () => {
        if (watched !== undefined) watches.delete(watched);
      },
    };
  }

  const codec = (name: string) => protoCodec<HealthRequest, HealthResponse>(protos, SERVICES.health, name);
  return {
    methods: [createMethod(codec('Check'), check), createMethod(codec('Watch'), watch)],
    endWatches: () => {
      ending = true;
      for (const { call } of [...watches]) call.end(SHUTTING_DOWN);
    },
  };
}
