import { byId, setText, setTexts, showAll, table } from './dom.js';
import { time, whole } from './format.js';

/** @typedef {import('./status.js').Status} Status */

const COLUMNS = [
  { title: 'Time' },
  { title: 'Status' },
  { title: 'Reason' },
  { title: 'Model', class: 'name' },
  { title: 'Pool', class: 'name' },
];

/**
 * How many requests were refused and why, and the latest of them.
 * @returns {import('./dom.js').Part<{readonly status: Status, readonly seconds: number}>}
 */
export function rejectionPart() {
  const latest = table('The latest of this replica', COLUMNS);
  const node = byId('rejections');
  node.append(latest.node);
  return {
    node,
    update: ({ status, seconds }) => {
      const { windows, recent } = status.rejections;
      const reasons = windows.find((window) => window.seconds === seconds)?.reasons ?? {};
      const told = Object.entries(reasons).map(([reason, count]) => `${whole(count)} ${reason}`);
      setText(byId('reasons'), told.length === 0 ? 'None.' : told.join(', '));
      latest.node.hidden = recent.length === 0;
      // Their order is their only name.
      const numbered = recent.map((rejection, index) => ({ rejection, key: `${index}` }));
      showAll(
        latest.body,
        numbered,
        ({ key }) => key,
        () => rejectionRow(latest.row()),
      );
    },
  };
}

/**
 * @param {ReturnType<ReturnType<typeof table>['row']>} row
 * @returns {import('./dom.js').Part<{readonly rejection: Status['rejections']['recent'][number]}>}
 */
function rejectionRow({ node, cells }) {
  return {
    node,
    update: ({ rejection: { atMs, status, reason, model, pool } }) => {
      setTexts(cells, [time(atMs), `${status}`, reason, model, pool]);
    },
  };
}
