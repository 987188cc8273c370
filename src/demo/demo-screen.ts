import { curlLine } from './curl-line.ts';
import { progressBar } from './progress-bar.ts';
import type { RoundReport } from './round.ts';
import { createStatusLine, type LineOutput } from './status-line.ts';
import { formatRound } from './table.ts';

/** What the demo shows. */
export interface DemoScreen {
  /** A line of its own. */
  readonly say: (line: string) => void;
  /** What is going on; each text replaces the one before. */
  readonly progress: (text: string) => void;
  /** How many requests of a round are done. */
  readonly requests: (done: number, total: number) => void;
  readonly started: (options: ShownOptions, pods: readonly string[]) => void;
  readonly report: (report: RoundReport) => void;
  readonly stopped: () => void;
}

/** The choices that the screen tells about. */
export interface ShownOptions {
  readonly port: number;
  readonly manifests: string;
  /** The address of Serin's live page. */
  readonly page: string;
  readonly rounds: 'one' | 'until_stopped';
}

/** Results on one stream, everything else on the other, so that results can be piped. */
export interface ScreenOutputs {
  readonly results: LineOutput;
  readonly notes: LineOutput;
}

/** Shows rounds as tables, or as one line of JSON each. */
export function createScreen(outputs: ScreenOutputs, format: 'table' | 'json'): DemoScreen {
  const status = createStatusLine(outputs.notes);
  const say = (line: string): void => {
    status.finish();
    outputs.notes.write(`${line}\n`);
  };
  let options: ShownOptions | undefined;
  const hint = (): void => {
    if (options === undefined || options.rounds === 'one') return;
    say(`Ask it yourself:\n\n${curlLine(options.port)}\n`);
    say(
      `Edit the weights in ${options.manifests} (to 90 and 10, say): the next table shows it. Ctrl-C stops.`,
    );
    options = undefined;
  };
  return {
    say,
    progress: status.show,
    requests: (done, total) => status.show(progressBar(done, total)),
    started: (chosen, pods) => {
      options = chosen;
      say(`Envoy on 127.0.0.1:${chosen.port}, Serin with ${chosen.manifests}, vLLM on ${pods.join(', ')}.`);
      say(`Watch it live: ${chosen.page}`);
    },
    report: (report) => {
      status.finish();
      const text = format === 'json' ? `${JSON.stringify(report)}\n` : `\n${formatRound(report)}\n`;
      outputs.results.write(text);
      hint();
    },
    stopped: status.finish,
  };
}
