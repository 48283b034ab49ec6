/** Making elements. Text goes in as text, never as markup. */

import { BLANK, MISSING, isBlank } from '../text/words.js';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {Document} document
 * @param {string} selector tag and classes: "button.icon.rare"
 * @param {object} [properties] `text`; `on`: listeners by event; `style`: custom properties; `data`; everything else an
 *   attribute (false and null leave it out, true sets it empty)
 * @param {(Node|string|null)[]} [children]
 * @returns {HTMLElement}
 */
export function make(document, selector, properties = {}, children = []) {
  const [tag, ...classes] = selector.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  for (const [name, value] of Object.entries(properties)) set(element, name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function set(element, name, value) {
  if (name === 'text') element.textContent = value;
  else if (name === 'on')
    for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  else if (name === 'style')
    for (const [property, text] of Object.entries(value)) element.style.setProperty(property, text);
  else if (name === 'data') Object.assign(element.dataset, value);
  else if (value === true) element.setAttribute(name, '');
  else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
}

/**
 * @param {Document} document
 * @param {string} name of a symbol of the page, without "i-"
 */
export function icon(document, name) {
  const svg = document.createElementNS(SVG, 'svg');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

/**
 * @param {Document} document
 * @param {{icon: string, name: string, key?: string, classes?: string, pressed?: boolean,
 *   onClick: (event: Event) => void}} options
 */
export function iconButton(document, { icon: symbol, name, key, classes = '', pressed, onClick }) {
  const attributes = {
    type: 'button',
    'aria-label': name,
    title: key ? `${name} (${key})` : name,
    on: { click: onClick },
  };
  if (pressed !== undefined) attributes['aria-pressed'] = String(pressed);
  return make(document, ['button.icon', ...classes.split(' ').filter(Boolean)].join('.'), attributes, [
    icon(document, symbol),
  ]);
}

/**
 * @param {Document} document
 * @param {string} text
 * @param {(event: Event) => void} onClick
 */
export function link(document, text, onClick) {
  return make(document, 'button.link', { type: 'button', text, on: { click: onClick } });
}

/**
 * A choice among given options; those with a `group` of their own stand in it, under its name.
 * @param {Document} document
 * @param {{label: string, options: ({value: string, text: string}|{group: string, options: {value: string, text: string}[]})[],
 *   value: string, onChange: (value: string) => void}} options
 */
export function choice(document, { label, options, value, onChange }) {
  const option = (one) => make(document, 'option', { value: one.value, text: one.text });
  const list = options.map((one) =>
    one.group === undefined ? option(one) : make(document, 'optgroup', { label: one.group }, one.options.map(option)),
  );
  const select = make(document, 'select', { 'aria-label': label, on: { change: () => onChange(select.value) } }, list);
  select.value = value;
  return select;
}

/**
 * Something that is on or off, as a checkbox with its word.
 * @param {Document} document
 * @param {{label: string, title: string, on: boolean, onChange: (on: boolean) => void}} options
 */
export function tick(document, { label, title, on, onChange }) {
  const change = (event) => onChange(event.target.checked);
  const input = make(document, 'input', { type: 'checkbox', 'aria-label': label, on: { change } });
  input.checked = on;
  return make(document, 'label.tick', { title }, [input, label]);
}

/**
 * A few exclusive choices side by side, as radio buttons.
 * @param {Document} document
 * @param {{label: string, name: string, options: {value: string, text: string}[], value: string,
 *   onChange: (value: string) => void}} options
 * @returns {{element: HTMLElement, show: (value: string) => void}}
 */
export function segment(document, { label, name, options, value, onChange }) {
  const inputs = options.map((one) =>
    make(document, 'input', {
      type: 'radio',
      name,
      value: one.value,
      on: { change: (event) => event.target.checked && onChange(one.value) },
    }),
  );
  const labels = options.map((one, i) => make(document, 'label', {}, [inputs[i], one.text]));
  const show = (wanted) =>
    inputs.forEach((input) => {
      input.checked = input.value === wanted;
    });
  show(value);
  return { element: make(document, 'span.seg', { role: 'radiogroup', 'aria-label': label }, labels), show };
}

/**
 * Text with one stretch of it marked.
 * @param {Document} document
 * @param {string} text
 * @param {[number, number]|null} place begin and end
 * @returns {Node[]}
 */
export function marked(document, text, place) {
  if (!place) return [document.createTextNode(text)];
  const [begin, end] = place;
  const parts = [text.slice(0, begin), make(document, 'mark', { text: text.slice(begin, end) }), text.slice(end)];
  return parts
    .filter((part) => part !== '')
    .map((part) => (typeof part === 'string' ? document.createTextNode(part) : part));
}

/**
 * A cell of the data; a word in its place where there is nothing to see.
 * @param {Document} document
 * @param {string|null} cell
 * @returns {Node}
 */
export function cellText(document, cell) {
  if (cell !== null && !isBlank(cell)) return document.createTextNode(cell);
  return make(document, 'em.absent', { text: cell === null ? MISSING : BLANK });
}

/**
 * Leaves at most one space or line break in a row, for names of one line.
 * @param {string} text
 */
export function oneLine(text) {
  return text.replace(/\s+/g, ' ').trim();
}
