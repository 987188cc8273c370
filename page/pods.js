import { el, setText, setTexts, showAll, table } from './dom.js';
import { duration, percent, whole } from './format.js';

/** @typedef {import('./status.js').Endpoint} Endpoint */

const COLUMNS = [
  { title: 'Pod', class: 'name' },
  { title: 'State' },
  { title: 'Queue', class: 'number' },
  { title: 'Running', class: 'number' },
  { title: 'In flight', class: 'number' },
  { title: 'KV cache' },
  { title: 'Adapters' },
  { title: 'Seen', class: 'number' },
];

/**
 * The pods of a pool.
 * @returns {import('./dom.js').Part<import('./status.js').Pool>}
 */
export function podTable() {
  const { node, body, name, row } = table('Pods', COLUMNS);
  return {
    node,
    update: ({ pool, endpoints }) => {
      node.hidden = endpoints.length === 0;
      name(`Pods of ${pool}`);
      showAll(
        body,
        endpoints,
        ({ address }) => address,
        () => podRow(row()),
      );
    },
  };
}

/**
 * @param {ReturnType<ReturnType<typeof table>['row']>} row
 * @returns {import('./dom.js').Part<Endpoint>}
 */
function podRow({ node, cells }) {
  const [pod, state, , , , kv, adapters, age] = cells;
  const name = el('span');
  const address = el('span', { class: 'hint' });
  const word = el('span', { class: 'pod-state' });
  const fill = el('span', { class: 'fill' });
  const share = el('span', { class: 'share' });
  const list = el('ul', { class: 'adapters' });
  pod?.append(name, ' ', address);
  state?.append(word);
  kv?.append(el('div', { class: 'usage' }, share, el('span', { class: 'bar', 'aria-hidden': 'true' }, fill)));
  adapters?.append(list);
  return {
    node,
    update: (endpoint) => {
      setText(name, endpoint.name);
      setText(address, endpoint.name === endpoint.address ? '' : endpoint.address);
      setText(word, endpoint.state);
      word.dataset.state = endpoint.state;
      setTexts(cells.slice(2, 5), [endpoint.waiting, endpoint.running, endpoint.inFlight].map(whole));
      setText(share, percent(endpoint.kvUsage));
      fill.style.width = `${Math.min(endpoint.kvUsage, 1) * 100}%`;
      showAll(list, endpoint.adapters, (adapter) => adapter, adapterItem);
      if (age)
        setText(
          age,
          endpoint.ageSeconds === undefined ? 'never' : `${duration(endpoint.ageSeconds * 1_000)} ago`,
        );
    },
  };
}

/** @returns {import('./dom.js').Part<string>} */
function adapterItem() {
  const node = el('li');
  return { node, update: (adapter) => setText(node, adapter) };
}
