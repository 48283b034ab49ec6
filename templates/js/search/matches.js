/** What the page shows of a search: matches in order, where each matches, and a sentence when there are none. */

import { createTextSearch, matchIn, nearestQuery, rank } from './find.js';
import { createPatternSearch } from './pattern.js';
import { fold, foldWithOrigin } from '../text/fold.js';

const RANKED = 20000;
const NONE = { error: null, nearest: null, indices: new Uint32Array(0), place: () => null, matched: () => -1 };

/**
 * @typedef {object} Matches
 * @property {string} query
 * @property {boolean} regex
 * @property {string|null} column
 * @property {Uint32Array} indices stored indices in the order to list: by row; plain text puts equal labels first
 * @property {string|null} error a sentence
 * @property {{query: string, count: number}|null} nearest a shorter query that finds something
 * @property {(i: number, column: number) => [number, number]|null} place where a cell matches
 * @property {(i: number) => number} matched a column that matches
 */

/**
 * @param {{dataset: object, startWorker: () => Worker}} options
 * @returns {{run: (search: {query: string, regex: boolean, column: string|null}, labelBy: string|null) =>
 *   Promise<Matches|null|undefined>, find: Function, stop: () => void}} `run` gives null for no query, undefined when a
 *   later search took its place
 */
export function createSearch({ dataset, startWorker }) {
  const text = createTextSearch(dataset.searchable);
  const pattern = createPatternSearch({ start: startWorker, columns: dataset.searchable });
  const all = dataset.searchable.map((_, column) => column);
  const which = (name) =>
    name === null || dataset.named.length === 0 ? all : [dataset.place(name)].filter((column) => column >= 0);

  /** All matching stored indices, by row. */
  async function find({ query, regex, column }) {
    if (!query) return new Uint32Array(0);
    if (!regex) return byRow(dataset, text.find(query, which(column)));
    const found = await pattern.find(query, which(column));
    return found && byRow(dataset, found.rows);
  }

  async function run(search, labelBy) {
    if (!search.query) return null;
    const columns = which(search.column);
    if (!search.regex)
      return textMatches(dataset, search, { find: (query) => text.find(query, columns), columns, labelBy });
    try {
      const found = await pattern.find(search.query, columns);
      return found === null ? undefined : patternMatches(dataset, search, found);
    } catch (error) {
      return { ...search, ...NONE, error: error.message };
    }
  }

  return { run, find, stop: pattern.stop };
}

function byRow(dataset, indices) {
  return indices.sort((a, b) => dataset.rowOf(a) - dataset.rowOf(b));
}

function patternMatches(dataset, search, found) {
  const at = new Map(Array.from(found.rows, (i, entry) => [i, entry]));
  return {
    ...search,
    ...NONE,
    indices: byRow(dataset, found.rows.slice()),
    matched: (i) => found.columns[at.get(i)] ?? -1,
    place: (i, column) => {
      const entry = at.get(i);
      if (entry === undefined || found.columns[entry] !== column) return null;
      return originalPlace(dataset.columns[column]?.cell(i) ?? '', found.begins[entry], found.ends[entry]);
    },
  };
}

function textMatches(dataset, search, { find, columns, labelBy }) {
  const found = byRow(dataset, find(search.query));
  const cell = (i, column) => dataset.columns[column]?.cell(i) ?? null;
  const place = (i, column) =>
    columns.includes(column) && cell(i, column) !== null ? matchIn(cell(i, column), search.query) : null;
  return {
    ...search,
    ...NONE,
    nearest: found.length ? null : nearestQuery(search.query, (shorter) => find(shorter).length),
    indices: ranked(found, dataset, labelBy, search.query),
    place,
    matched: (i) => columns.find((column) => place(i, column) !== null) ?? -1,
  };
}

function originalPlace(cell, begin, end) {
  if (end === begin) return null;
  const { origin } = foldWithOrigin(cell, (text) => text.normalize('NFKC'));
  return origin.length ? [origin[begin], origin[end]] : null;
}

function ranked(indices, dataset, labelBy, query) {
  const column = dataset.columns[dataset.place(labelBy)];
  if (!column || indices.length > RANKED) return indices;
  const wanted = fold(query);
  const places = new Map(Array.from(indices, (i) => [i, rank(column.cell(i), wanted)]));
  return indices.slice().sort((a, b) => places.get(a) - places.get(b) || dataset.rowOf(a) - dataset.rowOf(b));
}
