import { readFile } from 'node:fs/promises';
import { helpText } from '../config/help.ts';
import type { PickRequest } from '../core/decision.ts';
import type { Rejection } from '../core/rejection.ts';
import { readAnswer } from '../explain/answer.ts';
import { askOffline } from '../explain/ask-offline.ts';
import { askRunning } from '../explain/ask-running.ts';
import { type Arguments, readArguments } from '../explain/read-arguments.ts';
import { reportLines } from '../explain/report.ts';
import { readQuestion } from '../extproc/read-question.ts';
import { answerJson, type Question } from '../server/explain-page.ts';
import { messageOf } from '../sources/files/system-error.ts';

/** What `serin explain` needs of its process. */
export interface ExplainIo {
  readonly env: { readonly [name: string]: string | undefined };
  /** Aborts on SIGTERM or Ctrl-C. */
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  readonly stderr: { readonly write: (text: string) => unknown };
}

const HELP = `Usage: serin explain --model NAME [--header NAME:VALUE]… [--body FILE] [flags]

Tells how a request would be decided now: by which rule, to which target and why, every pod with its scores,
and the pick. Nothing is sent to a pod and nothing changes. A running Serin is asked on its port for people;
with any flag of serin serve (--manifests, --endpoints, …) this process reads them and asks the pods itself.
Exit status 1 if the request would be refused.

  --model NAME                    the model that the request asks for
  --header NAME:VALUE             a header of the request, such as host:test.com; repeatable
  --body FILE                     the request's body, whose model and prompt are read as Serin reads them; it stays here
  --pool [NAMESPACE/]NAME         the pool that the proxy's x-serin-pool would name
  --serin HOST:PORT               a running Serin: where it has /debug/…; if not given, 127.0.0.1:9091, else
                                  127.0.0.1:9090
  --token-file FILE               a bearer token for its --admin-auth=token
  -o, --output text|json          default text
`;

/** Larger bodies are refused by every Serin. */
const MOST_BYTES = 1024 ** 3;

/** Runs `serin explain` with its arguments; resolves with the exit status. */
export async function explainCommand(argv: readonly string[], io: ExplainIo): Promise<number> {
  if (argv.some((word) => word === '--help' || word === '-h')) {
    io.print(`${HELP}\n${helpText()}`);
    return 0;
  }
  const read = readArguments(argv, io.env);
  if (read.kind === 'invalid') return complain(read.problems, io);
  const { model } = read.value;
  try {
    const request = await requestOf(read.value);
    if ('model' in request && model !== undefined && request.model !== model) {
      return complain([`--body asks for ${request.model}, and --model for ${model}`], io);
    }
    return print(await answerTo(request, read.value, io), read.value, io);
  } catch (error) {
    return complain([messageOf(error)], io);
  }
}

function complain(problems: readonly string[], io: ExplainIo): number {
  for (const problem of problems) io.stderr.write(`serin explain: ${problem}\n`);
  return 2;
}

async function requestOf({ model, headers, body, source }: Arguments): Promise<PickRequest | Rejection> {
  const bytes = body === undefined ? Buffer.from(JSON.stringify({ model })) : await readFile(body);
  const maxBodyBytes = source.kind === 'offline' ? source.config.maxBodyBytes : MOST_BYTES;
  return readQuestion({ headers, body: bytes, maxBodyBytes });
}

async function answerTo(
  request: PickRequest | Rejection,
  { source, pool }: Arguments,
  io: ExplainIo,
): Promise<unknown> {
  if ('kind' in request) return answerJson(NOTHING_READ, request);
  const question: Question = { request, origin: { pool, authority: undefined } };
  if (source.kind === 'offline') {
    const { answer, problems } = await askOffline(source.config, question, io.signal);
    for (const problem of problems) io.stderr.write(`serin explain: ${problem}\n`);
    return answer;
  }
  const { at, tokenFile } = source;
  const token = tokenFile === undefined ? undefined : (await readFile(tokenFile, 'utf8')).trim();
  const asked = await askRunning(question, { at, token, signal: io.signal });
  if (asked.kind === 'failed') throw new Error(`no Serin answers: ${asked.problem}`);
  return asked.answer;
}

const NOTHING_READ = { model: undefined, host: '' };

function print(value: unknown, { output }: Arguments, io: ExplainIo): number {
  // What a process gives itself looks like what another one sends.
  const answer = readAnswer(JSON.parse(JSON.stringify(value ?? null)));
  if (answer === undefined) return complain(['that is no answer of a Serin of this version'], io);
  if (output === 'json') io.print(JSON.stringify(value, undefined, 2));
  else for (const line of reportLines(answer)) io.print(line);
  return answer.outcome === 'forwarded' ? 0 : 1;
}
