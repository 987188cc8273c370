/**
 * Server-sent events over fetch: unlike an EventSource, it can show a token, and tells why it is refused.
 */

/** @typedef {{readonly kind: 'refused', readonly status: number, readonly text: string}} Refused */

/**
 * @param {string} token empty for none
 * @returns {Readonly<Record<string, string>>}
 */
export function headersOf(token) {
  return token === '' ? {} : { authorization: `Bearer ${token}` };
}

/**
 * Hands each event over until the stream ends, which rejects if the connection broke; tells if it is refused.
 * @param {string} path
 * @param {string} token
 * @param {(value: unknown) => void} take
 * @returns {Promise<Refused | undefined>}
 */
export async function readEvents(path, token, take) {
  const response = await fetch(path, { headers: headersOf(token), cache: 'no-store' });
  if (!response.ok || response.body === null) {
    return { kind: 'refused', status: response.status, text: (await response.text()).trim() };
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return undefined;
    const events = (rest + value).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) take(JSON.parse(event.replace(/^data: /, '')));
  }
}
