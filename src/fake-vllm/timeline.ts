import type { EndedRequest, MetricsPage } from './metrics-page.ts';

/** What a request is, as far as its metrics tell. */
export type TimedRequest = Pick<EndedRequest, 'promptTokens' | 'maxTokens' | 'choices'>;

/** Takes the times of one request and shows them on the page. */
export interface Timeline {
  readonly started: () => void;
  readonly firstToken: () => void;
  readonly generated: (tokens: number) => void;
  readonly ended: (reason: EndedRequest['finishedReason']) => void;
}

/** Starts the clock of a request that has just arrived. */
export function createTimeline(request: TimedRequest, page: MetricsPage, nowMs: () => number): Timeline {
  const { promptTokens, maxTokens, choices } = request;
  const arrivedMs = nowMs();
  let startedMs = arrivedMs;
  let firstTokenMs: number | undefined;
  let completionTokens = 0;
  return {
    started: () => {
      startedMs = nowMs();
    },
    firstToken: () => {
      firstTokenMs = nowMs();
      page.prefilled(promptTokens, (firstTokenMs - arrivedMs) / 1000);
    },
    generated: (tokens) => {
      completionTokens += tokens;
    },
    ended: (finishedReason) => {
      const endedMs = nowMs();
      const prefilledMs = firstTokenMs ?? endedMs;
      const queueS = (startedMs - arrivedMs) / 1000;
      const prefillS = (prefilledMs - startedMs) / 1000;
      const decodeS = (endedMs - prefilledMs) / 1000;
      page.ended({
        promptTokens,
        maxTokens,
        choices,
        completionTokens,
        queueS,
        prefillS,
        decodeS,
        finishedReason,
      });
    },
  };
}
