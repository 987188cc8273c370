import { Command, InvalidArgumentError, Option } from 'commander';
import { createFakeVllm } from '../fake-vllm/fake-vllm.ts';
import type { LoraModule } from '../fake-vllm/options.ts';
import { DEFAULTS } from '../fake-vllm/options.ts';

/** What the command needs of its process. */
export interface FakeVllmIo {
  readonly print: (line: string) => void;
  /** Aborts on SIGTERM or Ctrl-C. */
  readonly signal: AbortSignal;
}

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly model: string;
  readonly servedModelName?: string;
  readonly loraModules?: readonly LoraModule[];
  readonly maxLoras: number;
  readonly maxCpuLoras?: number;
  readonly maxNumSeqs: number;
  readonly maxModelLen: number;
  readonly apiKey?: string;
  readonly metricsGeneration: 'v0' | 'v1';
  readonly timeToFirstToken: number;
  readonly timePerToken: number;
  readonly loraSwap: number;
}

const ADMIN_HELP = `
While it runs, tests may set:
  POST   /admin/faults    {"model": NAME or "*", "errorRate": 0..1, "addedLatencyMs", "stall": true,
                           "disconnectAfterTokens"}; GET lists them, DELETE clears them
  POST   /admin/load      {"running", "waiting", "kvUsage"} in place of the real figures on /metrics
  GET    /admin/requests  requests received, by model`;

/** Creates `serin fake-vllm`: a server that answers as vLLM does, without a model. */
export function fakeVllmCommand(io: FakeVllmIo): Command {
  const count = (text: string) => integer(text);
  return new Command('fake-vllm')
    .description('simulate a vLLM server with LoRA adapters; flags are those of vllm serve where it has them')
    .option('--host <ip>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on, 0 for any', count, 8000)
    .option('--model <name>', 'base model', DEFAULTS.model)
    .option('--served-model-name <name>', 'name of the base model in the API; default: --model')
    .option('--lora-modules <name=path...>', 'adapters', addModule)
    .option('--max-loras <n>', 'adapters on the GPU at once', count, DEFAULTS.maxLoras)
    .option('--max-cpu-loras <n>', 'adapters in CPU memory at once; default: --max-loras', count)
    .option('--max-num-seqs <n>', 'requests generated at once', count, DEFAULTS.maxNumSeqs)
    .option('--max-model-len <tokens>', 'longest prompt and answer together', count, DEFAULTS.maxModelLen)
    .option('--api-key <key>', 'key that requests to /v1 have to bring')
    .addOption(
      new Option('--metrics-generation <v0|v1>', "vLLM's metric names").choices(['v0', 'v1']).default('v1'),
    )
    .option('--time-to-first-token <ms>', 'until the first token', count, 0)
    .option('--time-per-token <ms>', 'between two tokens', count, 0)
    .option(
      '--lora-swap <ms>',
      'to bring an adapter from CPU memory to a GPU slot; twice that from disk',
      count,
      0,
    )
    .addHelpText('after', ADMIN_HELP)
    .action((flags: Flags) => run(flags, io));
}

async function run(flags: Flags, io: FakeVllmIo): Promise<void> {
  const server = createFakeVllm({
    model: flags.servedModelName ?? flags.model,
    loraModules: flags.loraModules ?? [],
    maxLoras: flags.maxLoras,
    maxCpuLoras: flags.maxCpuLoras ?? flags.maxLoras,
    maxNumSeqs: flags.maxNumSeqs,
    maxModelLen: flags.maxModelLen,
    apiKey: flags.apiKey,
    metricsGeneration: flags.metricsGeneration,
    timeToFirstTokenMs: flags.timeToFirstToken,
    timePerTokenMs: flags.timePerToken,
    loraSwapMs: flags.loraSwap,
  });
  const port = await server.listen(flags.host, flags.port);
  io.print(`fake vLLM listens on ${flags.host.includes(':') ? `[${flags.host}]` : flags.host}:${port}`);
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    io.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.close();
}

function integer(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number expected');
  return Number(text);
}

function addModule(text: string, earlier: readonly LoraModule[] = []): readonly LoraModule[] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('NAME=PATH expected');
  return [...earlier, { name: text.slice(0, equals), path: text.slice(equals + 1) }];
}
