import { Counter, Gauge, type Registry } from 'prom-client';
import type { Forward } from '../core/decision.ts';
import type { RejectReason } from '../core/rejection.ts';
import type { BodyMode, BodyModeSource } from '../extproc/body-mode.ts';
import type { OpaqueReason } from '../extproc/outcome.ts';
import { createLabelCache, createNameCap } from './labels.ts';

/** Everything that is counted on the request path; labels come from closed sets or are capped. */
export interface RequestMetrics {
  readonly streamOpened: () => void;
  readonly streamClosed: () => void;
  readonly modeResolved: (mode: BodyMode, source: BodyModeSource) => void;
  readonly routed: (forward: Forward) => void;
  readonly dispatched: (address: string) => void;
  readonly rejected: (reason: RejectReason) => void;
  readonly opaque: (reason: OpaqueReason) => void;
  readonly servedElsewhere: () => void;
  readonly protocolError: () => void;
  readonly fault: () => void;
  readonly openStreams: () => number;
}

/** How many model names that clients choose get a label of their own. */
const MAX_MODEL_NAMES = 1000;

/** Registers the request metrics. */
export function createRequestMetrics(registry: Registry): RequestMetrics {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name, help, labelNames, registers });
  let openStreams = 0;
  new Gauge({
    name: 'serin_streams_open',
    help: 'ext_proc streams that are open',
    registers,
    collect() {
      this.set(openStreams);
    },
  });
  const requests = createLabelCache(
    counter('serin_requests_total', 'Requests that were forwarded, by model and target', [
      'pool',
      'model',
      'target',
      'route',
    ]),
  );
  const picks = createLabelCache(counter('serin_picks_total', 'Requests sent to an endpoint', ['endpoint']));
  const rejections = createLabelCache(
    counter('serin_rejections_total', 'Requests that were refused, by reason', ['reason']),
  );
  const modes = createLabelCache(
    counter('serin_body_mode_total', 'Streams with a body, by mode and by how it was learnt', [
      'mode',
      'source',
    ]),
  );
  const opaque = createLabelCache(
    counter('serin_opaque_bodies_total', 'Requests whose body was routed unread', ['reason']),
  );
  const elsewhere = counter(
    'serin_served_elsewhere_total',
    'Requests served by another endpoint than the one picked',
  );
  const protocolErrors = counter(
    'serin_protocol_errors_total',
    'Messages that no order of the protocol allows',
  );
  const faults = counter('serin_faults_total', 'Faults of Serin itself');
  const capped = createNameCap(MAX_MODEL_NAMES);
  return {
    streamOpened: () => {
      openStreams += 1;
    },
    streamClosed: () => {
      openStreams -= 1;
    },
    openStreams: () => openStreams,
    modeResolved: (mode, source) => modes(mode, source).inc(),
    routed: ({ pool, model, target, route }) =>
      requests(pool, capped(model ?? ''), capped(target ?? ''), route).inc(),
    dispatched: (address) => picks(address).inc(),
    rejected: (reason) => rejections(reason).inc(),
    opaque: (reason) => opaque(reason).inc(),
    servedElsewhere: () => elsewhere.inc(),
    protocolError: () => protocolErrors.inc(),
    fault: () => faults.inc(),
  };
}
