import { exponential, length } from './draws.ts';
import type { Segment, SimRequest } from './request.ts';
import type { Workload } from './workload.ts';

/** How clients talk: what each turn asks goes on from all that was said before. */
export interface Talk {
  /** Turns a second of all conversations, if answers took no time. */
  readonly perSecond: number;
  /** The adapter of each turn of a conversation that has a first one. */
  readonly adapter: (random: () => number, first: string | undefined) => string | undefined;
  readonly turns: number;
  readonly thinkMs: number;
  /** Every prompt of an adapter begins with as many tokens of its own. */
  readonly systemTokens: number;
  readonly askTokens: number;
  readonly answerTokens: number;
}

/** A turn before it is known which request asks it. */
interface Turn {
  readonly adapter: string | undefined;
  readonly thinkMs: number;
  readonly askTokens: number;
  readonly answerTokens: number;
}

/** No client waits less before it asks on. */
const LEAST_THINK_MS = 500;

/**
 * Creates the requests of conversations that begin one after the other. When the workload begins, as many are under
 * way as ever after: they come in their middle, and nothing of them is in any cache.
 */
export function conversationsOf(talk: Talk, endMs: number): Workload['requests'] {
  return (random, pace = 1) => {
    const startsPerMs = (pace * talk.perSecond) / (1000 * talk.turns);
    const lifeMs = talk.turns * talk.thinkMs;
    const requests: SimRequest[] = [];
    let ids = 0;

    function begin(atMs: number, said: number): void {
      const turns = turnsOf(talk, random);
      const passed = Math.floor(said * turns.length);
      const chain = chainOf({ turns, passed, atMs, systemTokens: talk.systemTokens, id: ids });
      ids += turns.length;
      if (chain !== undefined) requests.push(chain);
    }

    const underWay = Math.round(startsPerMs * lifeMs);
    for (let each = 0; each < underWay; each += 1) begin(random() * talk.thinkMs, random());
    for (let atMs = 0; ; ) {
      atMs += exponential(1 / startsPerMs, random);
      if (atMs >= endMs) return requests;
      begin(atMs, 0);
    }
  };
}

function turnsOf(talk: Talk, random: () => number): readonly Turn[] {
  const turns: Turn[] = [];
  for (let left = length(talk.turns, random); left > 0; left -= 1) {
    turns.push({
      adapter: talk.adapter(random, turns[0]?.adapter),
      thinkMs: LEAST_THINK_MS + exponential(talk.thinkMs - LEAST_THINK_MS, random),
      askTokens: length(talk.askTokens, random),
      answerTokens: length(talk.answerTokens, random),
    });
  }
  return turns;
}

interface Chain {
  readonly turns: readonly Turn[];
  /** Turns that were asked before the workload began. */
  readonly passed: number;
  readonly atMs: number;
  readonly systemTokens: number;
  /** Of the first turn; the others follow. */
  readonly id: number;
}

/** The first request that comes, with those that go on from it. */
function chainOf({ turns, passed, atMs, systemTokens, id }: Chain): SimRequest | undefined {
  let next: SimRequest['next'];
  for (let at = turns.length - 1; at >= passed; at -= 1) {
    const turn = turns[at];
    if (turn === undefined) continue;
    const { adapter = 'base', thinkMs, answerTokens } = turn;
    const said = turns.slice(0, at + 1).flatMap((each, nth) => [
      { key: `${adapter} asked ${id + nth}`, tokens: each.askTokens },
      { key: `${adapter} answered ${id + nth}`, tokens: each.answerTokens },
    ]);
    const segments: readonly Segment[] = [
      { key: `${adapter} system`, tokens: systemTokens },
      ...said.slice(0, -1),
    ];
    const request: SimRequest = {
      id: id + at,
      atMs,
      adapter: turn.adapter,
      promptTokens: segments.reduce((sum, { tokens }) => sum + tokens, 0),
      outputTokens: answerTokens,
      segments,
      answerKey: said.at(-1)?.key ?? '',
      ...(next === undefined ? {} : { next }),
    };
    next = { thinkMs, request };
  }
  return next?.request;
}
