import { el, setText, setTexts, showAll, table } from './dom.js';
import { middleAndHigh, percent, rate, whole } from './format.js';
import { axisOf, shareGraph } from './share.js';

/** @typedef {import('./status.js').Model} Model */
/** @typedef {import('./status.js').Target} Target */

/** Columns whose figures are of the window that the reader chose come after the two shares. */
const COLUMNS = [
  { title: 'Target', class: 'name' },
  { title: 'Weight', class: 'number' },
  { title: 'In\u00a0force', class: 'number' },
  { title: 'Share, 1 min' },
  { title: 'Share, 5 min' },
  { title: 'Requests', class: 'number' },
  { title: 'Errors', class: 'number' },
  { title: 'First token\np50 · p95', class: 'number' },
  { title: 'Duration\np50 · p95', class: 'number' },
  { title: 'Tokens/s\nin · out', class: 'number' },
];

/**
 * A model: its targets side by side.
 * @param {() => number} seconds the length of the window that the reader chose
 * @returns {import('./dom.js').Part<Model>}
 */
export function modelPart(seconds) {
  const title = el('h3');
  const object = el('p', { class: 'hint' });
  const problem = el('p', { class: 'trouble' });
  const targets = table('Targets', COLUMNS);
  const node = el('article', { class: 'model' }, title, object, problem, targets.node);
  return {
    node,
    update: (model) => {
      const name = model.model ?? 'Any other name';
      setText(title, name);
      title.classList.toggle('name', model.model !== undefined);
      setText(object, model.object ?? 'no object: served as it is');
      setText(problem, model.problem ?? '');
      problem.hidden = model.problem === undefined;
      targets.node.hidden = model.targets.length === 0;
      targets.name(`Targets of ${name}`);
      const axis = axisOf(model.targets);
      for (const index of [3, 4]) {
        const [head, title] = [targets.heads[index], COLUMNS[index]?.title];
        if (head !== undefined) setText(head, `${title}\n0 to ${percent(axis)}`);
      }
      const rows = model.targets.map((target) => ({ target, axis }));
      showAll(targets.body, rows, keyOf, () => targetRow(targets.row(), seconds));
    },
  };
}

/** @typedef {{readonly target: Target, readonly axis: number}} TargetRow */

/** @param {TargetRow} row */
function keyOf({ target }) {
  return target.target;
}

/**
 * @param {ReturnType<ReturnType<typeof table>['row']>} row
 * @param {() => number} seconds
 * @returns {import('./dom.js').Part<TargetRow>}
 */
function targetRow({ node, cells }, seconds) {
  const name = el('span');
  const part = el('span', { class: 'role' });
  cells[0]?.append(name, ' ', part);
  const graphs = [shareGraph(), shareGraph()];
  for (const [index, graph] of graphs.entries()) cells[3 + index]?.append(graph.node);
  return {
    node,
    update: ({ target, axis }) => {
      const { windows, effectiveShare, wantedShare, reason = '', role = '' } = target;
      setText(name, target.target === '' ? 'whatever was asked for' : target.target);
      setText(part, sideOf(target));
      part.dataset.role = role;
      const weights =
        wantedShare === undefined ? ['none', 'none'] : [percent(wantedShare), percent(effectiveShare)];
      setTexts(cells.slice(1, 3), [weights[0], `${weights[1]} ${reason}`.trim()]);
      cells[2]?.classList.toggle('changed', effectiveShare !== wantedShare);
      for (const [index, graph] of graphs.entries()) {
        graph.update({ figures: windows[index], expected: effectiveShare, axis });
      }
      const figures = windows.find((window) => window.seconds === seconds());
      setTexts(cells.slice(5), figures === undefined ? [] : figureTexts(figures));
      cells[6]?.classList.toggle('bad', (figures?.status5xx ?? 0) > 0);
    },
  };
}

/**
 * The role, and the group where that is another one.
 * @param {Target} target
 */
function sideOf({ role = '', group = role }) {
  return group === role ? role : `${role}, ${group}`;
}

/**
 * @param {import('./status.js').Figures} figures
 * @returns {readonly string[]}
 */
function figureTexts(figures) {
  const { requests, status4xx, status5xx, unanswered, withUsage } = figures;
  const others = [
    ...(status4xx > 0 ? [`${whole(status4xx)} × 4xx`] : []),
    ...(unanswered > 0 ? [`${whole(unanswered)} unanswered`] : []),
  ];
  const errors = status5xx === 0 ? '0' : `${whole(status5xx)} (${percent(figures.errorShare?.share)})`;
  const tokens = `${rate(figures.promptTokensPerSecond)} · ${rate(figures.completionTokensPerSecond)}`;
  return [
    whole(requests),
    [errors, ...others].join(', '),
    middleAndHigh(figures.firstTokenMs),
    middleAndHigh(figures.durationMs),
    withUsage === 0 ? '–' : tokens,
  ];
}
