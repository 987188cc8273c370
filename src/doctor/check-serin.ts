import { z } from 'zod';
import { readSeries } from '../sources/scrape/read-series.ts';
import { type Finding, findingsOf, listOf } from './finding.ts';

/** The pages of a running Serin, or why there are none. */
export type SerinFacts =
  | { readonly kind: 'silent'; readonly where: string; readonly problem: string }
  | {
      readonly kind: 'answers';
      readonly where: string;
      /** `/readyz`, as JSON if it is that. */
      readonly readyz: unknown;
      /** `/metrics`. */
      readonly metrics: Buffer;
    };

const serin = findingsOf('Serin');
const bodyMode = findingsOf('body mode');
const streams = findingsOf('streams');

const readyPage = z.object({
  ready: z.boolean(),
  waitingFor: z.array(z.string()),
  kubernetes: z
    .object({
      oldForSeconds: z.number(),
      kinds: z.array(
        z.object({
          kind: z.string(),
          apiVersion: z.string(),
          namespace: z.string().optional(),
          state: z.string(),
          missingRule: z.unknown().optional(),
        }),
      ),
    })
    .optional(),
});

type Kubernetes = NonNullable<z.infer<typeof readyPage>['kubernetes']>;

/** A view that is older than this has missed more than a watch that is opened anew. */
const OLD_SECONDS = 10;

/** Says what a running Serin tells of itself, of its view and of its streams. */
export function checkSerin(facts: SerinFacts): readonly Finding[] {
  if (facts.kind === 'silent') {
    return [
      serin.fault(
        `${facts.where}: ${facts.problem}`,
        '--serin takes the host and --metrics-port of a running Serin (kubectl port-forward POD 9090 makes it reachable)',
      ),
    ];
  }
  const { metrics } = facts;
  return [
    ...checkReady(facts.readyz, facts.where),
    ...checkModes(metrics),
    ...checkStreams(metrics),
    ...checkRejections(metrics),
    ...checkFaults(metrics),
  ];
}

function checkReady(page: unknown, where: string): readonly Finding[] {
  const parsed = readyPage.safeParse(page);
  if (!parsed.success) {
    return [
      serin.fault(`${where}: /readyz is not Serin’s`, 'give the --metrics-port of Serin itself to --serin'),
    ];
  }
  const { ready, waitingFor, kubernetes } = parsed.data;
  const state = ready
    ? serin.ok(`${where} is ready`)
    : serin.fault(
        `${where} is not ready: waits for ${listOf(waitingFor)}`,
        'make what it waits for readable to it; its log says what is wrong',
      );
  return [state, ...(kubernetes === undefined ? [] : checkView(kubernetes))];
}

function checkView({ oldForSeconds, kinds }: Kubernetes): readonly Finding[] {
  const forbidden = kinds.filter(({ state }) => state === 'forbidden');
  return [
    ...forbidden.map(({ kind, apiVersion, namespace, missingRule }) =>
      serin.fault(
        `may not read ${kind} (${apiVersion})${namespace === undefined ? '' : ` in ${namespace}`}, so it counts as empty`,
        `add ${JSON.stringify(missingRule ?? {})} to the role of its service account`,
      ),
    ),
    ...(oldForSeconds <= OLD_SECONDS
      ? []
      : [
          serin.warning(
            `its view of the cluster is ${oldForSeconds} s old`,
            'let it reach the API server again; until then it picks from what it knew',
          ),
        ]),
  ];
}

const UNSEEN = 'send a request through Envoy, and run the doctor again';

function checkModes(metrics: Buffer): readonly Finding[] {
  const seen = countsOf(metrics, 'serin_body_mode_total', 'mode');
  const guessed = countsOf(metrics, 'serin_body_mode_total', 'source').get('order') ?? 0;
  if (seen.size === 0) return [bodyMode.warning('Serin has seen no request with a body yet', UNSEEN)];
  return [
    ...[...seen].map(([mode, count]) => modeFinding(mode, count)),
    ...(guessed === 0
      ? []
      : [
          bodyMode.warning(
            `${guessed} streams did not say their body mode, so it was guessed from the order of their messages`,
            'name it: initial_metadata x-epp-body-mode in Envoy’s grpc_service, or --body-mode',
          ),
        ]),
  ];
}

const FULL_DUPLEX =
  'request_body_mode: FULL_DUPLEX_STREAMED and request_trailer_mode: SEND in Envoy’s ext_proc';

function modeFinding(mode: string, count: number): Finding {
  switch (mode) {
    case 'none':
      return bodyMode.fault(
        `${count} requests came without their bodies (NONE), so no model name was read or replaced`,
        FULL_DUPLEX,
      );
    case 'streamed':
      return bodyMode.warning(
        `${count} requests came STREAMED, so their pods were picked before the model was known`,
        FULL_DUPLEX,
      );
    default:
      return bodyMode.ok(`${count} requests came ${mode}`);
  }
}

function checkStreams(metrics: Buffer): readonly Finding[] {
  const resets = countsOf(metrics, 'serin_streams_reset_total', 'awaiting');
  const broken = totalOf(metrics, 'serin_protocol_errors_total');
  const findings = [...resets].map(([awaiting, count]) =>
    awaiting === 'body'
      ? streams.warning(
          `${count} streams ended before the request body was there: clients went, or Envoy gave up`,
          'raise message_timeout of ext_proc and the route’s timeout, if it was not the clients',
        )
      : streams.fault(
          `${count} streams were reset while they waited for Serin’s ${awaiting === 'mode' ? 'first reply' : 'decision'}`,
          'make message_timeout of ext_proc longer than --decision-timeout',
        ),
  );
  const errors =
    broken === 0
      ? []
      : [
          streams.fault(
            `${broken} messages came in an order that the protocol does not have`,
            'take --body-mode, --response-body-mode and x-epp-body-mode away, or make them Envoy’s modes',
          ),
        ];
  const all = [...findings, ...errors];
  return all.length > 0 ? all : [streams.ok('none was reset before its reply')];
}

function checkRejections(metrics: Buffer): readonly Finding[] {
  const reasons = countsOf(metrics, 'serin_rejections_total', 'reason');
  const ambiguous = reasons.get('pool_ambiguous') ?? 0;
  const hosts = reasons.get('unknown_host') ?? 0;
  const { warning } = findingsOf('authority');
  return [
    ...(ambiguous === 0
      ? []
      : [
          warning(
            `${ambiguous} requests could have been meant for several pools`,
            'set authority: SERVICE.NAMESPACE.svc.cluster.local:9002 or initial_metadata x-serin-pool in Envoy’s grpc_service, or apply an LLMRoute',
          ),
        ]),
    ...(hosts === 0
      ? []
      : [
          warning(`${hosts} requests had a host that no LLMRoute serves`, 'apply an LLMRoute for their host'),
        ]),
  ];
}

function checkFaults(metrics: Buffer): readonly Finding[] {
  const refused = totalOf(metrics, 'serin_connections_refused_total');
  const faults = totalOf(metrics, 'serin_faults_total');
  return [
    ...(refused === 0
      ? []
      : [
          findingsOf('TLS').warning(
            `${refused} connections to the gRPC port were refused`,
            'compare the TLS mode and certificates of the caller with --secure-serving and --client-ca; the log says why each was refused',
          ),
        ]),
    ...(faults === 0
      ? []
      : [serin.fault(`${faults} faults of Serin’s own`, 'report the error that its log shows')]),
  ];
}

/** The states in which a running Serin sees its endpoints, by address. */
export function endpointStates(metrics: Buffer): ReadonlyMap<string, string> {
  const states = new Map<string, string>();
  readSeries(metrics, 'serin_endpoint_state', (value, labels) => {
    const { endpoint, state } = Object.fromEntries(labels());
    if (value === 1 && endpoint !== undefined && state !== undefined) states.set(endpoint, state);
  });
  return states;
}

function countsOf(metrics: Buffer, family: string, label: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  readSeries(metrics, family, (value, labels) => {
    const name = labels().get(label);
    if (name !== undefined && value > 0) counts.set(name, (counts.get(name) ?? 0) + value);
  });
  return counts;
}

function totalOf(metrics: Buffer, family: string): number {
  let total = 0;
  readSeries(metrics, family, (value) => {
    total += value;
  });
  return total;
}
