import type { ClientDuplexStream, ServiceError, StatusObject } from '@grpc/grpc-js';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import type { WireRequest, WireResponse } from '../../src/extproc/wire.ts';
import type { ExtProcCall, ExtProcHandlers, ExtProcService } from '../../src/server/ext-proc-call.ts';
import { createGrpcServer } from '../../src/server/grpc-js.ts';
import type { GrpcServer, GrpcServerOptions } from '../../src/server/grpc-server.ts';
import { createHealth } from '../../src/server/health.ts';
import { loadProtos, serviceOf } from '../../src/server/proto.ts';
import type { Transport } from './transports.ts';

export const protos = loadProtos();

/** Creates a server that ends with the test. */
export function createServer(options: Partial<GrpcServerOptions>, transport: Transport): GrpcServer {
  const server = transport({ protos, health: createHealth(), maxReceiveBytes: 1 << 20, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** Starts a server on 127.0.0.1 that ends with the test. */
export async function startServer(
  options: Partial<GrpcServerOptions>,
  transport: Transport = createGrpcServer,
): Promise<{ readonly server: GrpcServer; readonly port: number }> {
  const server = createServer(options, transport);
  return { server, port: await server.listen('127.0.0.1', 0) };
}

/** Opens a client with a connection of its own that ends with the test. */
export function openClient(port: number, channelCredentials = credentials.createInsecure()): Client {
  const client = new Client(`127.0.0.1:${port}`, channelCredentials, {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': -1,
    // No name of a server may be an IP address.
    'grpc.ssl_target_name_override': 'serin',
  });
  onTestFinished(() => client.close());
  return client;
}

/** Opens a stream of any method of the protos. */
export function openStream<Request, Response>(
  client: Client,
  { service, method }: { readonly service: string; readonly method: string },
  metadata = new Metadata(),
): ClientDuplexStream<Request, Response> {
  const definition = serviceOf(protos, service)[method];
  if (definition === undefined) throw new Error(`no method ${service}/${method}`);
  return client.makeBidiStreamRequest(
    definition.path,
    (message: Request) => definition.requestSerialize(message as object),
    (bytes: Buffer) => definition.responseDeserialize(bytes) as Response,
    metadata,
  );
}

/** Opens an ext_proc stream. */
export function openProcess(
  client: Client,
  metadata?: Metadata,
): ClientDuplexStream<WireRequest, WireResponse> {
  const process = { service: 'envoy.service.ext_proc.v3.ExternalProcessor', method: 'Process' };
  return openStream(client, process, metadata);
}

/** Calls a method once; the answer is the message or the status of a failure. */
export function callOnce<Response>(
  client: Client,
  { service, method }: { readonly service: string; readonly method: string },
  request: object,
): Promise<Response | { readonly code: number }> {
  const definition = serviceOf(protos, service)[method];
  if (definition === undefined) throw new Error(`no method ${service}/${method}`);
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      definition.path,
      (message: object) => definition.requestSerialize(message),
      (bytes: Buffer) => definition.responseDeserialize(bytes) as Response,
      request,
      (error: ServiceError | null, answer?: Response) =>
        resolve(error === null && answer !== undefined ? answer : { code: error?.code ?? -1 }),
    );
  });
}

/** The status that a stream ends with. */
export function statusOf<Request, Response>(
  stream: ClientDuplexStream<Request, Response>,
): Promise<StatusObject> {
  stream.on('error', () => undefined);
  return new Promise((resolve) => stream.on('status', resolve));
}

/** A service that notes what happens to its calls. */
export interface NotedService {
  readonly service: ExtProcService;
  readonly calls: readonly ExtProcCall[];
  readonly messages: readonly WireRequest[];
  readonly events: readonly ('half-close' | 'close')[];
  readonly closes: () => number;
}

/** Creates a service that answers with what `handlers` add. */
export function noteCalls(
  answer: (call: ExtProcCall) => Partial<ExtProcHandlers> = () => ({}),
): NotedService {
  const calls: ExtProcCall[] = [];
  const messages: WireRequest[] = [];
  const events: ('half-close' | 'close')[] = [];
  const service: ExtProcService = (call) => {
    calls.push(call);
    const { onMessage, onHalfClose, onClose } = answer(call);
    return {
      onMessage: (message) => {
        messages.push(message);
        onMessage?.(message);
      },
      onHalfClose: () => {
        events.push('half-close');
        onHalfClose?.();
      },
      onClose: () => {
        events.push('close');
        onClose?.();
      },
    };
  };
  const closes = () => events.filter((event) => event === 'close').length;
  return { service, calls, messages, events, closes };
}

/** Answers each message with an empty reply, and the peer's end with an end. */
export function echo(call: ExtProcCall): ExtProcHandlers {
  return {
    onMessage: () => call.send({ request_headers: {} }),
    onHalfClose: () => call.end(),
    onClose: () => undefined,
  };
}

/** One message there, one back, and a clean end on both sides. */
export async function exchange(client: Client): Promise<StatusObject> {
  const stream = openProcess(client);
  stream.on('data', () => stream.end());
  stream.write({ request_headers: {} });
  return await statusOf(stream);
}
