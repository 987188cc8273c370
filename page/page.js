import { searchDecisions } from './decisions.js';
import { byId, el, setText, showAll } from './dom.js';
import { time, whole } from './format.js';
import { modelPart } from './models.js';
import { podTable } from './pods.js';
import { rejectionPart } from './rejections.js';
import { readEvents } from './stream.js';

/** @typedef {import('./status.js').Status} Status */

const RETRY_MS = 2_000;

const rejections = rejectionPart();

let token = '';
/** @type {Status | undefined} */
let latest;

/** The length of the window that the reader chose. */
function seconds() {
  const chosen = document.querySelector('#window input:checked');
  return chosen instanceof HTMLInputElement ? Number(chosen.value) : 300;
}

/** @param {Status} status */
function show(status) {
  latest = status;
  const { replicas, waitingFor, atMs, pools } = status;
  const count = `${replicas.answered} of ${replicas.known} ${replicas.known === 1 ? 'replica' : 'replicas'}`;
  const waits = waitingFor.length === 0 ? '' : `, waiting for ${waitingFor.join(', ')}`;
  say(
    waitingFor.length === 0 && replicas.missing.length === 0 ? 'good' : 'partial',
    `Live, ${count}${waits}`,
  );
  setText(byId('clock'), time(atMs));
  showTroubles(status);
  showAll(byId('pools'), pools, ({ pool }) => pool, poolPart);
  rejections.update({ status, seconds: seconds() });
}

/**
 * @param {'good' | 'partial' | 'lost'} state
 * @param {string} text
 */
function say(state, text) {
  byId('state').dataset.state = state;
  setText(byId('state'), text);
}

/** @param {Status} status */
function showTroubles({ problems, moreProblems, conflicts, replicas }) {
  const texts = [
    ...replicas.missing.map(
      ({ address, problem }) => `Replica ${address} does not tell its figures: ${problem}`,
    ),
    ...problems.map(({ source, text, sinceMs }) => `${text} (${source}, since ${time(sinceMs)})`),
    ...(moreProblems > 0 ? [`and ${whole(moreProblems)} more`] : []),
    ...conflicts.map(
      ({ name, winner, loser }) => `${name} is claimed twice: ${winner} has it, ${loser} has not`,
    ),
  ];
  byId('troubles').hidden = texts.length === 0;
  showAll(byId('trouble-list'), texts, (text) => text, textItem);
}

/** @returns {import('./dom.js').Part<string>} */
function textItem() {
  const node = el('li');
  return { node, update: (text) => setText(node, text) };
}

/** @returns {import('./dom.js').Part<import('./status.js').Pool>} */
function poolPart() {
  const title = el('h2');
  const models = el('div');
  const pods = podTable();
  const empty = el('p', { class: 'hint' });
  const node = el('section', { class: 'pool' }, title, models, el('h3', {}, 'Pods'), empty, pods.node);
  return {
    node,
    update: (pool) => {
      setText(title, pool.pool);
      node.setAttribute('aria-label', `Pool ${pool.pool}`);
      setText(empty, pool.endpoints.length === 0 ? 'No pod is ready.' : '');
      empty.hidden = pool.endpoints.length > 0;
      showAll(
        models,
        pool.models,
        ({ model }) => JSON.stringify([model]),
        () => modelPart(seconds),
      );
      pods.update(pool);
    },
  };
}

/** @param {string} why */
function askForToken(why) {
  say('lost', 'Not shown');
  byId('login').hidden = false;
  setText(byId('login-why'), why);
  byId('token').focus();
}

/** Follows Serin for as long as the page is open, unless it wants a token first. */
async function follow() {
  for (;;) {
    const refused = await readEvents('debug/live', token, (value) =>
      show(/** @type {Status} */ (value)),
    ).catch(() => undefined);
    if (refused?.status === 401 || refused?.status === 403) return askForToken(refused.text);
    const since = latest === undefined ? '' : ` since ${time(latest.atMs)}`;
    say('lost', `Serin does not answer${since}; trying again`);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

byId('window').addEventListener('change', () => {
  if (latest !== undefined) show(latest);
});
byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  const given = /** @type {HTMLInputElement} */ (byId('token'));
  token = given.value;
  given.value = '';
  byId('login').hidden = true;
  void follow();
});
searchDecisions(() => token);
void follow();
