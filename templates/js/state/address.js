/** The state in the URL fragment: readable words, only what differs from how the page opens, at most 2,000 bytes. */

import { rangesOf, rowsOf } from './ranges.js';
import { same } from './store.js';

export const LONGEST = 2000;

const rounded = (value) => String(Number(value.toPrecision(4)));

const camera = {
  write: (value) => (value ? [value.yaw, value.pitch, value.zoom, ...value.center].map(rounded).join(',') : 'home'),
  read: (text) => {
    if (text === 'home') return null;
    const [yaw, pitch, zoom, ...center] = text.split(',').map(Number);
    return { yaw, pitch, zoom, center };
  },
};
const word = { write: (value) => value ?? '', read: (text) => text || null };
const numeral = { write: String, read: Number };
const flag = { write: (value) => (value ? '1' : '0'), read: (text) => text === '1' };
const rows = {
  write: (value) => (value ? rangesOf(value) : ''),
  read: (text, embedding) => rowsOf(text, embedding.rows),
};
const components = { write: (value) => value.join(','), read: (text) => text.split(',').map(Number) };
const classes = { write: (value) => JSON.stringify(value), read: (text) => JSON.parse(text) };
const optionalNumber = { write: (value) => String(value ?? ''), read: (text) => (text === '' ? null : Number(text)) };

/** Field, its name in the address, and how it is written. In this order in the address. */
const FIELDS = [
  ['step', 'step', optionalNumber],
  ['projection', 'show', word],
  ['components', 'axes', components],
  ['spherize', 'spherize', flag],
  ['metric', 'metric', word],
  ['k', 'k', numeral],
  ['colorBy', 'color', word],
  ['labelBy', 'label', word],
  ['theme', 'theme', word],
  ['panel', 'panel', word],
  ['pointSize', 'size', numeral],
  ['opacity', 'opacity', numeral],
  ['images', 'images', flag],
  ['labels', 'labels', flag],
  ['lines', 'lines', flag],
  ['camera', 'camera', camera],
  ['focus', 'focus', optionalNumber],
  ['hidden', 'hidden', classes],
  ['selection', 'selection', rows],
  ['isolated', 'isolated', rows],
];
const BULKY = ['isolated', 'selection', 'hidden', 'q'];

/**
 * @param {import('./fields.js').State} state
 * @param {import('./fields.js').State} home the state the page opens with on this embedding
 * @param {{first: string, matches: number[]|null, kept: Record<string, string>}} context `first`: id of the first embedding;
 *   `matches`: rows the search has found, for selections that equal it; `kept`: words of the address that are no state
 * @returns {string} without "#"; "" when nothing differs
 */
export function writeAddress(state, home, { first, matches, kept = {} }) {
  const words = new Map();
  if (state.embedding !== first) words.set('embedding', String(state.embedding));
  if (state.search.query) {
    words.set('q', state.search.query);
    if (state.search.regex) words.set('regex', '1');
    if (state.search.column !== null) words.set('in', state.search.column);
  }
  for (const [field, name, form] of FIELDS) {
    if (
      same(state[field], home[field]) ||
      (field === 'selection' && state.focus !== null && state.selection.length === 1)
    )
      continue;
    const found = (field === 'selection' || field === 'isolated') && matches?.length > 1 && same(state[field], matches);
    words.set(name, found ? 'matches' : form.write(state[field]));
  }
  for (const [name, value] of Object.entries(kept)) words.set(name, value);
  return shortened(words);
}

function shortened(words) {
  const text = () => new URLSearchParams([...words]).toString().replaceAll('%2C', ',').replaceAll('%2F', '/');
  for (const name of BULKY) {
    if (text().length <= LONGEST) break;
    words.delete(name);
  }
  return text();
}

/**
 * @param {string} fragment with or without "#"
 * @param {{id: string, rows: number}[]} embeddings
 * @returns {{embedding: object, patch: object, fromMatches: string[], kept: Record<string, string>}} `patch` is not
 *   yet checked (see cleanPatch); `fromMatches`: fields that take the rows the search finds; `kept`: other words
 */
export function readAddress(fragment, embeddings) {
  const words = new URLSearchParams(fragment.replace(/^#/, ''));
  const embedding = embeddings.find((one) => String(one.id) === words.get('embedding')) ?? embeddings[0];
  const patch = {};
  const fromMatches = [];
  const kept = words.has('renderer') ? { renderer: words.get('renderer') } : {};
  if (words.has('q'))
    patch.search = { query: words.get('q'), regex: words.get('regex') === '1', column: words.get('in') };
  for (const [field, name, form] of FIELDS) {
    if (!words.has(name)) continue;
    const text = words.get(name);
    if (text === 'matches' && (field === 'selection' || field === 'isolated')) {
      fromMatches.push(field);
      continue;
    }
    try {
      patch[field] = form.read(text, embedding);
    } catch {
      continue;
    }
  }
  return { embedding, patch, fromMatches, kept };
}
