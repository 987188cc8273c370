import { Counter, Gauge, type Registry } from 'prom-client';
import type { RejectReason } from '../core/rejection.ts';
import { servedAddresses } from '../core/served-addresses.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { BodyMode, BodyModeSource } from '../extproc/body-mode.ts';
import type { Awaiting, OpaqueReason } from '../extproc/outcome.ts';
import { createCounts } from './counts.ts';

/** Everything that is counted on the request path; all labels come from closed sets. */
export interface RequestMetrics extends PickMetrics {
  readonly streamOpened: () => void;
  readonly streamClosed: () => void;
  readonly streamReset: (awaiting: Exclude<Awaiting, 'nothing'>) => void;
  readonly openStreams: () => number;
  readonly modeResolved: (mode: BodyMode, source: BodyModeSource) => void;
  readonly rejected: (reason: RejectReason) => void;
  /** How often each reason was one. */
  readonly rejections: () => ReadonlyMap<RejectReason, number>;
  readonly opaque: (reason: OpaqueReason) => void;
  readonly servedElsewhere: () => void;
  readonly protocolError: () => void;
  readonly fault: () => void;
  /** A connection to the gRPC port ended by its peer's fault, or was not taken. */
  readonly connectionRefused: () => void;
}

/** What is counted of picks. */
interface PickMetrics {
  readonly dispatched: (address: string) => void;
  /** Drops the series of endpoints that are not in a snapshot. */
  readonly follow: (snapshot: Snapshot) => void;
}

/** Registers the request metrics. */
export function createRequestMetrics(registry: Registry): RequestMetrics {
  const counter = counterOf(registry);
  const rejections = createCounts(registry, {
    name: 'serin_rejections_total',
    help: 'Requests that were refused, by reason',
    labelNames: ['reason'],
  });
  const rejectionCounts = new Map<RejectReason, number>();
  const modes = createCounts(registry, {
    name: 'serin_body_mode_total',
    help: 'Streams with a body, by mode and by how it was learnt',
    labelNames: ['mode', 'source'],
  });
  const opaque = createCounts(registry, {
    name: 'serin_opaque_bodies_total',
    help: 'Requests whose body was routed unread',
    labelNames: ['reason'],
  });
  const elsewhere = counter(
    'serin_served_elsewhere_total',
    'Requests served by another endpoint than the one picked',
  );
  const protocolErrors = counter(
    'serin_protocol_errors_total',
    'Messages that no order of the protocol allows',
  );
  const faults = counter('serin_faults_total', 'Faults of Serin itself');
  const refusedConnections = counter(
    'serin_connections_refused_total',
    'Connections that ended by the fault of their peer, such as one without TLS, or were not taken',
  );
  return {
    ...streamMetrics(registry),
    ...pickMetrics(registry),
    modeResolved: (mode, source) => {
      modes.of(mode, source).value += 1;
    },
    rejected: (reason) => {
      rejections.of(reason).value += 1;
      rejectionCounts.set(reason, (rejectionCounts.get(reason) ?? 0) + 1);
    },
    rejections: () => rejectionCounts,
    opaque: (reason) => {
      opaque.of(reason).value += 1;
    },
    servedElsewhere: () => elsewhere.inc(),
    protocolError: () => protocolErrors.inc(),
    fault: () => faults.inc(),
    connectionRefused: () => refusedConnections.inc(),
  };
}

function counterOf(registry: Registry) {
  return (name: string, help: string) => new Counter({ name, help, registers: [registry] });
}

function streamMetrics(registry: Registry) {
  let openStreams = 0;
  const resets = createCounts(registry, {
    name: 'serin_streams_reset_total',
    help: 'Streams that the caller ended before their reply, by what they waited for',
    labelNames: ['awaiting'],
  });
  new Gauge({
    name: 'serin_streams_open',
    help: 'ext_proc streams that are open',
    registers: [registry],
    collect() {
      this.set(openStreams);
    },
  });
  return {
    streamOpened: () => {
      openStreams += 1;
    },
    streamClosed: () => {
      openStreams -= 1;
    },
    streamReset: (awaiting: Exclude<Awaiting, 'nothing'>) => {
      resets.of(awaiting).value += 1;
    },
    openStreams: () => openStreams,
  };
}

function pickMetrics(registry: Registry): PickMetrics {
  const picks = createCounts(registry, {
    name: 'serin_picks_total',
    help: 'Requests sent to an endpoint',
    labelNames: ['endpoint'],
  });
  let pools: Snapshot['pools'] = new Map();
  return {
    dispatched: (address) => {
      picks.of(address).value += 1;
    },
    follow: (snapshot) => {
      const served = servedAddresses(snapshot);
      for (const address of servedAddresses({ pools })) if (!served.has(address)) picks.remove(address);
      pools = snapshot.pools;
    },
  };
}
