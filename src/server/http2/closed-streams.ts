/** How the streams that closed last were closed: what a frame on a closed stream means depends on it. */
export interface ClosedStreams {
  readonly ids: Float64Array;
  /** 1 where we reset the stream while the peer could still send. */
  readonly byReset: Uint8Array;
  next: number;
}

const REMEMBERED = 1024;

/** Creates an empty memory. */
export function createClosedStreams(): ClosedStreams {
  return { ids: new Float64Array(REMEMBERED), byReset: new Uint8Array(REMEMBERED), next: 0 };
}

/** Notes a stream that has closed; the oldest is forgotten. */
export function noteClosed(closed: ClosedStreams, id: number, how: 'ended' | 'reset'): void {
  closed.ids[closed.next] = id;
  closed.byReset[closed.next] = how === 'reset' ? 1 : 0;
  closed.next = (closed.next + 1) % REMEMBERED;
}

/** How a stream closed, by its newest note; searched only when a peer names a stream that is not open. */
export function howClosed(closed: ClosedStreams, id: number): 'ended' | 'reset' | 'forgotten' {
  // The ring's newer half lies before `next`.
  const newest = closed.ids.lastIndexOf(id, closed.next - 1);
  const at = newest < 0 ? closed.ids.lastIndexOf(id) : newest;
  if (at < 0) return 'forgotten';
  return closed.byReset[at] === 1 ? 'reset' : 'ended';
}
