import { el, setText } from './dom.js';
import { percent } from './format.js';

/**
 * The observed share of a target: as a number, and as a point with the interval that holds the true share 95 times in
 * 100, against the mark of the weight in force.
 */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {string} tag
 * @param {Readonly<Record<string, string>>} attributes
 */
function shape(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/**
 * Where a share stands on an axis from 0 to `end`.
 * @param {number} share
 * @param {number} end
 */
function across(share, end) {
  return `${(Math.min(share / end, 1) * 100).toFixed(2)}%`;
}

const AXES = [0.1, 0.25, 0.5, 1];

/**
 * The shortest axis that holds all shares of a model, so that ten targets are not crowded at its beginning.
 * @param {readonly import('./status.js').Target[]} targets
 */
export function axisOf(targets) {
  const shares = targets.flatMap(({ effectiveShare = 0, windows }) => [
    effectiveShare,
    ...windows.map(({ share }) => share?.share ?? 0),
  ]);
  return AXES.find((end) => Math.max(...shares) <= end * 0.8) ?? 1;
}

/** @returns {import('./dom.js').Part<{readonly figures: import('./status.js').Figures | undefined, readonly expected: number | undefined, readonly axis: number}>} */
export function shareGraph() {
  const band = shape('rect', { class: 'band', y: '4', height: '8', rx: '2' });
  const mark = shape('line', { class: 'mark', y1: '0', y2: '16' });
  const point = shape('circle', { class: 'point', cy: '8', r: '3' });
  const picture = shape('svg', { class: 'graph', 'aria-hidden': 'true' });
  picture.append(shape('line', { class: 'track', x1: '0', x2: '100%', y1: '8', y2: '8' }), band, mark, point);
  const number = el('span', { class: 'share' });
  const bounds = el('span', { class: 'bounds' });
  const node = el('div', { class: 'estimate' }, number, picture, bounds);
  return {
    node,
    update: ({ figures, expected, axis }) => {
      const estimate = figures?.share;
      for (const each of [band, point]) each.toggleAttribute('hidden', estimate === undefined);
      mark.toggleAttribute('hidden', expected === undefined);
      for (const end of ['x1', 'x2']) mark.setAttribute(end, across(expected ?? 0, axis));
      const off = figures?.off === true;
      node.classList.toggle('off', off);
      setText(number, percent(estimate?.share));
      setText(bounds, boundsText(estimate, off));
      if (estimate === undefined) return;
      band.setAttribute('x', across(estimate.low, axis));
      band.setAttribute('width', across(Math.min(estimate.high, axis) - Math.min(estimate.low, axis), axis));
      point.setAttribute('cx', across(estimate.share, axis));
    },
  };
}

/** @typedef {import('./status.js').Figures['share']} Estimate */

/**
 * @param {Estimate} estimate
 * @param {boolean} off
 */
function boundsText(estimate, off) {
  if (estimate === undefined) return 'no request';
  return `${percent(estimate.low)} to ${percent(estimate.high)}${off ? ', off' : ''}`;
}
