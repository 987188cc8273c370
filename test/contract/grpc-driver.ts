import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { expect } from 'vitest';
import type { WireRequest, WireResponse } from '../../src/extproc/wire.ts';
import { createHealth } from '../../src/server/health.ts';
import { loadProtos, SERVICES, serviceOf } from '../../src/server/proto.ts';
import type { Transport } from '../server/transports.ts';
import type { Case, Step } from './case.ts';
import type { Run } from './memory-driver.ts';
import { answerIn } from './memory-driver.ts';
import { createCaseService } from './service.ts';
import { summarize } from './summary.ts';

const protos = loadProtos();

/** Runs a row over real gRPC on 127.0.0.1: a client that speaks as Envoy does, and the real server. */
export async function runOverGrpc(row: Case, transport: Transport): Promise<Run> {
  const { service, wheel, effects, release, heldBytes, closedStreams, messages } = createCaseService(row);
  const server = transport({
    protos,
    health: createHealth(),
    extProc: service,
    maxReceiveBytes: 16 << 20,
  });
  const port = await server.listen('127.0.0.1', 0);
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const received: WireResponse[] = [];
  const call = openStream(client, row.metadata ?? {});
  const ended = new Promise<void>((resolve) => call.on('status', () => resolve()));
  call.on('data', (message: WireResponse) => received.push(message));
  call.on('error', () => undefined);

  async function run(step: Step): Promise<void> {
    if ('send' in step) call.write(step.send);
    else if ('release' in step) release(step.release);
    else wheel.expire();
  }

  const bounds: number[] = [];
  for (const step of row.steps) {
    const seen = messages();
    const sent = received.length;
    await run(step);
    await expect
      .poll(() => received.length, { interval: 1 })
      .toBeGreaterThanOrEqual(sent + step.expect.length);
    // A message without a reply has to have arrived before the next step, which may be a deadline.
    if ('send' in step) await expect.poll(messages, { interval: 1 }).toBe(seen + 1);
    bounds.push(received.length);
  }
  call.end();
  await ended;
  await expect.poll(closedStreams, { interval: 1 }).toBe(1);
  client.close();
  server.close();
  const replies = bounds.map((bound, at) => received.slice(bounds[at - 1] ?? 0, bound).map(summarize));
  const late = received.slice(bounds.at(-1) ?? 0).map(summarize);
  return {
    replies: late.length === 0 ? replies : [...replies, late],
    effects: effects.map((effect) => effect.kind),
    answer: answerIn(effects),
    heldBytes: heldBytes(),
    closedStreams: closedStreams(),
  };
}

function openStream(client: Client, metadata: { readonly [key: string]: string }) {
  const method = serviceOf(protos, SERVICES.extProc).Process;
  if (method === undefined) throw new Error('the protos define no Process');
  const headers = new Metadata();
  for (const [key, value] of Object.entries(metadata)) headers.set(key, value);
  return client.makeBidiStreamRequest(
    method.path,
    (message: WireRequest) => method.requestSerialize(message),
    (bytes: Buffer) => method.responseDeserialize(bytes) as WireResponse,
    headers,
  );
}
