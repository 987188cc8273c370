import { Command, InvalidArgumentError, Option } from 'commander';
import { aborted } from '../aborted.ts';
import { createFakeVllm } from '../fake-vllm/fake-vllm.ts';
import type { FakeVllmOptions, LoraModule } from '../fake-vllm/options.ts';
import { DEFAULTS } from '../fake-vllm/options.ts';

/** What the command needs of its process. */
export interface FakeVllmIo {
  readonly stdout: { readonly write: (text: string) => unknown };
  readonly stderr: { readonly write: (text: string) => unknown };
  /** Aborts on SIGTERM or Ctrl-C. */
  readonly signal: AbortSignal;
  readonly exit: (status: number) => void;
}

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly model: string;
  readonly servedModelName?: readonly string[];
  readonly loraModules?: readonly LoraModule[];
  readonly maxLoras: number;
  readonly maxCpuLoras?: number;
  readonly maxNumSeqs: number;
  readonly maxModelLen: number;
  readonly numGpuBlocksOverride: number;
  readonly apiKey?: string;
  readonly enableForceIncludeUsage: boolean;
  readonly metricsGeneration: 'v0' | 'v1';
  readonly timeToFirstToken: number;
  readonly timePerToken: number;
  readonly loraSwap: number;
  readonly recordRequests: number;
}

const ADMIN_HELP = `
While it runs, tests may set and read:
  POST /admin/faults     {"model": an adapter, the base model or "*" for all,
                          "errorRate": 0 to 1, answered with 500,
                          "addedLatencyMs": before the first token,
                          "stallAfterTokens": then silent, the connection open,
                          "disconnectAfterTokens": then the connection breaks}
                         replaces that model's fault; a model's own fault wins over "*";
                         GET lists the faults, DELETE clears them all
  POST /admin/load       {"running", "waiting", "kvUsage": 0 to 1} to show on /metrics in place of the
                         real figures; DELETE shows the real ones again
  GET  /admin/requests   how many requests for a generation or embedding came, by model
  GET  /admin/last       the last of them with headers and body, if --record-requests is given`;

const LAST_PORT = 65_535;

/** Creates `serin fake-vllm`: a server that answers as vLLM does, without a model. */
export function fakeVllmCommand(io: FakeVllmIo): Command {
  const positive = wholeNumber(1, Number.MAX_SAFE_INTEGER);
  const count = wholeNumber(0, Number.MAX_SAFE_INTEGER);
  return new Command('fake-vllm')
    .description('simulate a vLLM server with LoRA adapters; flags are those of vllm serve where it has them')
    .option('--host <ip>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on, 0 for any', wholeNumber(0, LAST_PORT), 8000)
    .option('--model <name>', 'base model', DEFAULTS.model)
    .option('--served-model-name <names...>', 'names of the base model in the API; default: --model')
    .option('--lora-modules <name=path...>', 'adapters', addModule)
    .option('--max-loras <n>', 'adapters on the GPU at once', positive, DEFAULTS.maxLoras)
    .option('--max-cpu-loras <n>', 'adapters in CPU memory at once; default: --max-loras', positive)
    .option('--max-num-seqs <n>', 'requests generated at once', positive, DEFAULTS.maxNumSeqs)
    .option('--max-model-len <tokens>', 'longest prompt and answer together', positive, DEFAULTS.maxModelLen)
    .option('--num-gpu-blocks-override <n>', 'KV cache in blocks of 16 tokens', positive, DEFAULTS.kvBlocks)
    .option('--api-key <key>', 'key that requests to /v1 have to bring')
    .option('--enable-force-include-usage', 'tell the usage in every event of every stream', false)
    .addOption(
      new Option('--metrics-generation <v0|v1>', "vLLM's metric names").choices(['v0', 'v1']).default('v1'),
    )
    .option('--time-to-first-token <ms>', 'until the first token', count, DEFAULTS.timeToFirstTokenMs)
    .option('--time-per-token <ms>', 'between two tokens', count, DEFAULTS.timePerTokenMs)
    .option(
      '--lora-swap <ms>',
      'from CPU memory to a GPU slot; twice that from disk',
      count,
      DEFAULTS.loraSwapMs,
    )
    .option('--record-requests <n>', 'requests to keep for /admin/last', count, DEFAULTS.recordRequests)
    .addHelpText('after', ADMIN_HELP)
    .action((flags: Flags) => run(flags, io));
}

async function run(flags: Flags, io: FakeVllmIo): Promise<void> {
  const options = optionsOf(flags);
  if (options.maxCpuLoras < options.maxLoras) {
    return fail(`--max-cpu-loras ${options.maxCpuLoras} is less than --max-loras ${options.maxLoras}`, io);
  }
  const server = createFakeVllm(options);
  const host = flags.host.includes(':') ? `[${flags.host}]` : flags.host;
  try {
    const port = await server.listen(flags.host, flags.port);
    io.stdout.write(`fake vLLM listens on ${host}:${port}\n`);
  } catch (error) {
    return fail(
      `cannot listen on ${host}:${flags.port}: ${error instanceof Error ? error.message : error}`,
      io,
    );
  }
  await aborted(io.signal);
  await server.close();
}

function optionsOf(
  flags: Flags,
): Partial<FakeVllmOptions> & Pick<FakeVllmOptions, 'maxLoras' | 'maxCpuLoras'> {
  return {
    model: flags.model,
    servedModelNames: flags.servedModelName ?? [],
    loraModules: flags.loraModules ?? [],
    maxLoras: flags.maxLoras,
    maxCpuLoras: flags.maxCpuLoras ?? flags.maxLoras,
    maxNumSeqs: flags.maxNumSeqs,
    maxModelLen: flags.maxModelLen,
    kvBlocks: flags.numGpuBlocksOverride,
    apiKey: flags.apiKey,
    forceIncludeUsage: flags.enableForceIncludeUsage,
    metricsGeneration: flags.metricsGeneration,
    timeToFirstTokenMs: flags.timeToFirstToken,
    timePerTokenMs: flags.timePerToken,
    loraSwapMs: flags.loraSwap,
    recordRequests: flags.recordRequests,
  };
}

function fail(problem: string, io: FakeVllmIo): void {
  io.stderr.write(`serin fake-vllm: ${problem}\n`);
  io.exit(1);
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

function addModule(text: string, earlier: readonly LoraModule[] = []): readonly LoraModule[] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('It must be NAME=PATH.');
  return [...earlier, { name: text.slice(0, equals), path: text.slice(equals + 1) }];
}
