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

/** @param {number} share */
const across = (share) => `${(share * 100).toFixed(2)}%`;

/** @returns {import('./dom.js').Part<{readonly figures: import('./status.js').Figures | undefined, readonly expected: number | undefined}>} */
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
    update: ({ figures, expected }) => {
      const estimate = figures?.share;
      for (const each of [band, point]) each.toggleAttribute('hidden', estimate === undefined);
      mark.toggleAttribute('hidden', expected === undefined);
      for (const end of ['x1', 'x2']) mark.setAttribute(end, across(expected ?? 0));
      const off = isOff(estimate, expected);
      node.classList.toggle('off', off);
      setText(number, percent(estimate?.share));
      setText(bounds, boundsText(estimate, off));
      if (estimate === undefined) return;
      band.setAttribute('x', across(estimate.low));
      band.setAttribute('width', across(estimate.high - estimate.low));
      point.setAttribute('cx', across(estimate.share));
    },
  };
}

/** @typedef {import('./status.js').Figures['share']} Estimate */

/**
 * @param {Estimate} estimate
 * @param {number | undefined} expected
 */
function isOff(estimate, expected) {
  if (estimate === undefined || expected === undefined) return false;
  return expected < estimate.low || expected > estimate.high;
}

/**
 * @param {Estimate} estimate
 * @param {boolean} off
 */
function boundsText(estimate, off) {
  if (estimate === undefined) return 'no request';
  return `${percent(estimate.low)} to ${percent(estimate.high)}${off ? ', off' : ''}`;
}
