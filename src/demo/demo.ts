import { extname, join } from 'node:path';
import { findEnvoyHere } from '../envoy-binary/find-envoy-here.ts';
import { startEnvoy } from '../envoy-binary/start-envoy.ts';
import type { ProcessExit } from '../envoy-binary/supervise.ts';
import { createCompletions, DEMO_REQUEST } from './completions.ts';
import { demoEnvoyConfig } from './demo-config.ts';
import type { DemoScreen } from './demo-screen.ts';
import { portState } from './free-port.ts';
import { startPods } from './pods.ts';
import { type RoundsOptions, runRounds } from './rounds.ts';
import { startSerin } from './serin-process.ts';
import { isAcceptable } from './verdict.ts';
import { createWeightWatch } from './weight-watch.ts';

/** What the user chose. */
export interface DemoOptions extends RoundsOptions {
  readonly port: number;
  /** Folder with the manifests. */
  readonly manifests: string;
}

/** Where the demo runs. */
export interface DemoDeps {
  readonly env: { readonly [name: string]: string | undefined };
  readonly screen: DemoScreen;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/** One thread carries thousands of requests a second, and leaves the other cores to the rest. */
const ENVOY_CONCURRENCY = 1;

/** Why the demo cannot go on, in words for the user. */
class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

async function preparedEnvoy(options: DemoOptions, { env, screen, signal }: DemoDeps): Promise<string> {
  const state = await portState(options.port);
  if (state.kind === 'taken') throw new DemoFailure(state.problem);
  const found = await findEnvoyHere({ env, signal, say: screen.say, progress: screen.progress });
  if (found.kind === 'missing') throw new DemoFailure(found.problem);
  return found.path;
}

/** Rejects when a process ends by itself; never resolves. */
async function death(name: string, exited: Promise<ProcessExit>): Promise<never> {
  const exit = await exited;
  if (exit.kind === 'stopped') return new Promise(() => {});
  throw new DemoFailure(`${name} has ended by itself, so the demo stops. Its last words:\n${exit.lastWords}`);
}

async function run(options: DemoOptions, deps: DemoDeps, ends: Promise<unknown>[], signal: AbortSignal) {
  const { screen } = deps;
  const envoyPath = await preparedEnvoy(options, deps);
  screen.progress('Starting three simulated vLLM servers, Serin and Envoy');
  const pods = await startPods(signal);
  const main = join(import.meta.dirname, `../main${extname(import.meta.filename)}`);
  const onWarning = (text: string): void => screen.say(`serin: ${text}`);
  const serin = await startSerin({ main, manifests: options.manifests, pods, signal, onWarning });
  ends.push(serin.exited);
  const config = await demoEnvoyConfig(options.port, serin.grpcPort);
  const envoy = await startEnvoy({ path: envoyPath, config, concurrency: ENVOY_CONCURRENCY, signal });
  ends.push(envoy.exited);
  screen.started({ ...options, page: serin.page }, pods);
  const rounds = runRounds(
    options,
    {
      send: createCompletions(options.port),
      weights: createWeightWatch(() => serin.weightsOf(DEMO_REQUEST.model)),
      pods,
      onProgress: screen.requests,
      onReport: screen.report,
    },
    signal,
  );
  return Promise.race([rounds, death('Serin', serin.exited), death('Envoy', envoy.exited)]);
}

/**
 * Runs the demo until its rounds are over or `signal` aborts, and ends all that it started. Resolves to the exit
 * status: 1 if the demo could not run, or its only round showed another split than the weights'.
 */
export async function runDemo(options: DemoOptions, deps: DemoDeps): Promise<number> {
  const finished = new AbortController();
  const ends: Promise<unknown>[] = [];
  try {
    const report = await run(options, deps, ends, AbortSignal.any([deps.signal, finished.signal]));
    return isAcceptable(report.verdict) ? 0 : 1;
  } catch (error) {
    if (deps.signal.aborted) return 0;
    deps.screen.say(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    finished.abort();
    await Promise.allSettled(ends);
    deps.screen.stopped();
  }
}
