/**
 * Elements and what stays of them: an element is kept as long as its key is there, so that neither the focus nor a
 * screen reader's place is lost with every second's news. Text goes in as text, never as markup.
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * An element of the page as it was served.
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {string} id
 * @returns {Kind}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return /** @type {Kind} */ (found);
}

/**
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * A part of the page and how it takes news.
 * @template Item
 * @typedef {{readonly node: Element, readonly update: (item: Item) => void}} Part
 */

/** @type {WeakMap<Element, Map<string, Part<never>>>} */
const kept = new WeakMap();

/**
 * Shows one part for each item, in their order.
 * @template Item
 * @param {Element} parent
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} keyOf
 * @param {() => Part<Item>} create
 */
export function showAll(parent, items, keyOf, create) {
  const before = /** @type {Map<string, Part<Item>>} */ (kept.get(parent) ?? new Map());
  /** @type {Map<string, Part<Item>>} */
  const after = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const part = before.get(key) ?? create();
    part.update(item);
    after.set(key, part);
  }
  for (const [key, { node }] of before) if (!after.has(key)) node.remove();
  [...after.values()].forEach(({ node }, index) => {
    const there = parent.children[index];
    if (there !== node) parent.insertBefore(node, there ?? null);
  });
  kept.set(parent, after);
}

/**
 * @typedef {{readonly title: string, readonly class?: string}} Column
 */

/**
 * A table that can be scrolled with the keyboard where the window is narrow, and how a row of it is made.
 * @param {string} caption
 * @param {readonly Column[]} columns
 */
export function table(caption, columns) {
  const heads = columns.map((column) => el('th', { scope: 'col', class: column.class ?? '' }, column.title));
  const title = el('caption', {}, caption);
  const body = el('tbody');
  const whole = el('table', {}, title, el('thead', {}, el('tr', {}, ...heads)), body);
  const node = el('div', { class: 'wide', role: 'region', tabindex: '0', 'aria-label': caption }, whole);
  return {
    node,
    body,
    heads,
    /** @param {string} text */
    name: (text) => {
      setText(title, text);
      node.setAttribute('aria-label', text);
    },
    row: () => row(columns),
  };
}

/**
 * Its first cell names it.
 * @param {readonly Column[]} columns
 */
function row(columns) {
  const cells = columns.map((column, index) => {
    const attributes = { class: column.class ?? '' };
    return index === 0 ? el('th', { scope: 'row', ...attributes }) : el('td', attributes);
  });
  return { node: el('tr', {}, ...cells), cells };
}

/**
 * @param {readonly Element[]} cells
 * @param {readonly (string | undefined)[]} texts a dash stands for what is not known
 */
export function setTexts(cells, texts) {
  for (const [index, cell] of cells.entries()) setText(cell, texts[index] ?? '–');
}
