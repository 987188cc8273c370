/** What OpenTelemetry's variables say of traces. */
export type TraceSettings =
  /** `problem` tells why not, where somebody asked for traces. */
  | { readonly kind: 'off'; readonly problem: string | undefined }
  | {
      readonly kind: 'on';
      readonly url: string;
      readonly sampler: SamplerSettings;
      readonly batch: BatchSettings;
    };

/** Which traces are told: those whose caller's are, where that matters, and of the others a share. */
export interface SamplerSettings {
  readonly parentBased: boolean;
  /** 0 to 1. */
  readonly ratio: number;
}

/** How spans wait for the next export; absent numbers are the SDK's. */
export interface BatchSettings {
  readonly scheduledDelayMillis?: number;
  readonly exportTimeoutMillis?: number;
  readonly maxQueueSize?: number;
  readonly maxExportBatchSize?: number;
}

type Env = { readonly [name: string]: string | undefined };

const PROTOCOL = 'http/protobuf';

/** Reads the variables that the SDK leaves to its user; headers, timeouts and certificates it reads itself. */
export function readTraceSettings(env: Env): TraceSettings {
  const base = given(env.OTEL_EXPORTER_OTLP_ENDPOINT);
  const own = given(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
  const url = own ?? (base === undefined ? undefined : `${base.replace(/\/$/, '')}/v1/traces`);
  const exporter = given(env.OTEL_TRACES_EXPORTER) ?? 'otlp';
  if (url === undefined || exporter === 'none' || given(env.OTEL_SDK_DISABLED)?.toLowerCase() === 'true') {
    return { kind: 'off', problem: undefined };
  }
  const problem = problemOf(url, exporter, protocolOf(env));
  if (problem !== undefined) return { kind: 'off', problem };
  return { kind: 'on', url, sampler: samplerOf(env), batch: batchOf(env) };
}

function protocolOf(env: Env): string {
  return given(env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL) ?? given(env.OTEL_EXPORTER_OTLP_PROTOCOL) ?? PROTOCOL;
}

function problemOf(url: string, exporter: string, protocol: string): string | undefined {
  if (exporter !== 'otlp') return `OTEL_TRACES_EXPORTER=${exporter}: only otlp is known`;
  if (protocol !== PROTOCOL) return `OTEL_EXPORTER_OTLP_PROTOCOL=${protocol}: only ${PROTOCOL} is known`;
  return /^https?:$/.test(URL.parse(url)?.protocol ?? '') ? undefined : 'OTEL_EXPORTER_OTLP_ENDPOINT: no URL';
}

/** OpenTelemetry takes an empty variable as none. */
function given(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

/** What is unknown counts as OpenTelemetry's default. */
function samplerOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument }: Env): SamplerSettings {
  const [, parent, kind] =
    /^(parentbased_)?(always_on|always_off|traceidratio)$/.exec(given(name) ?? '') ?? [];
  if (kind === undefined) return { parentBased: true, ratio: 1 };
  const ratio = kind === 'traceidratio' ? ratioOf(argument) : kind === 'always_on' ? 1 : 0;
  return { parentBased: parent !== undefined, ratio };
}

function ratioOf(text: string | undefined): number {
  const ratio = Number(given(text) ?? 1);
  return ratio >= 0 && ratio <= 1 ? ratio : 1;
}

function batchOf(env: Env): BatchSettings {
  const numbers = {
    scheduledDelayMillis: wholeNumber(env.OTEL_BSP_SCHEDULE_DELAY),
    exportTimeoutMillis: wholeNumber(env.OTEL_BSP_EXPORT_TIMEOUT),
    maxQueueSize: wholeNumber(env.OTEL_BSP_MAX_QUEUE_SIZE),
    maxExportBatchSize: wholeNumber(env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE),
  };
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined));
}

function wholeNumber(text: string | undefined): number | undefined {
  const value = Number(given(text));
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
