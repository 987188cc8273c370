import { byId, setText, setTexts, showAll, table } from './dom.js';
import { duration, time } from './format.js';
import { headersOf } from './stream.js';

/**
 * @typedef {{readonly id?: string, readonly atMs: number, readonly outcome: string, readonly reason?: string,
 *   readonly pool?: string, readonly model?: string, readonly target?: string, readonly endpoint?: string,
 *   readonly route?: string, readonly status?: number, readonly durationMs?: number,
 *   readonly firstTokenMs?: number}} Decision
 */

const COLUMNS = [
  { title: 'Time' },
  { title: 'Outcome' },
  { title: 'Model', class: 'name' },
  { title: 'Target', class: 'name' },
  { title: 'Pod', class: 'name' },
  { title: 'Route' },
  { title: 'First token', class: 'number' },
  { title: 'Duration', class: 'number' },
  { title: 'Request', class: 'name' },
];
const MOST = 50;

/**
 * Has the form search the decisions that this replica remembers.
 * @param {() => string} token
 */
export function searchDecisions(token) {
  const query = /** @type {HTMLInputElement} */ (byId('query'));
  const found = table('Decisions of this replica, the latest first', COLUMNS);
  found.node.hidden = true;
  byId('decisions').append(found.node);
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    search(query.value, token(), found).then(
      (text) => setText(byId('found'), text),
      () => setText(byId('found'), 'Serin does not answer.'),
    );
  });
}

/**
 * @param {string} text
 * @param {string} token
 * @param {ReturnType<typeof table>} found
 * @returns {Promise<string>} what was found, in words
 */
async function search(text, token, { node, body, row }) {
  const asked = new URLSearchParams({ q: text, limit: `${MOST}` });
  const response = await fetch(`debug/decisions?${asked}`, { headers: headersOf(token), cache: 'no-store' });
  if (!response.ok) return `Serin answers ${response.status}: ${(await response.text()).trim()}`;
  /** @type {{readonly decisions: readonly Decision[]}} */
  const { decisions } = await response.json();
  node.hidden = decisions.length === 0;
  showAll(body, decisions, keyOf, () => decisionRow(row()));
  if (decisions.length === 0) return 'No decision matches.';
  return decisions.length === 1 ? 'One decision.' : `${decisions.length} decisions.`;
}

/** @param {Decision} decision */
function keyOf({ id, atMs, endpoint, durationMs }) {
  return JSON.stringify([id, atMs, endpoint, durationMs]);
}

/**
 * @param {ReturnType<ReturnType<typeof table>['row']>} row
 * @returns {import('./dom.js').Part<Decision>}
 */
function decisionRow({ node, cells }) {
  return {
    node,
    update: (decision) => {
      const { atMs, outcome, reason, status, model, target, endpoint, route } = decision;
      const became = outcome === 'rejected' ? `rejected: ${reason}` : `${status ?? 'no response seen'}`;
      const texts = [
        ...[time(atMs), became, model, target, endpoint, route],
        ...[duration(decision.firstTokenMs), duration(decision.durationMs), decision.id],
      ];
      setTexts(cells, texts);
    },
  };
}
