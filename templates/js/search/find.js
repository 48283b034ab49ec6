/** Plain text search: every row whose folded text holds the folded query. */

import { fold, foldJoined, foldWithOrigin } from '../text/fold.js';

/**
 * @param {{joined: string, starts: Uint32Array}[]} columns cells joined by line feeds, in stored order
 * @returns {{find: (query: string, which: number[]) => Uint32Array}} stored indices, ascending
 */
export function createTextSearch(columns) {
  const folded = columns.map(() => null);
  const rows = columns.length ? columns[0].starts.length - 1 : 0;

  function find(query, which) {
    const wanted = fold(query);
    const flags = new Uint8Array(rows);
    let total = 0;
    for (const column of which) {
      folded[column] ??= foldJoined(columns[column].joined, columns[column].starts);
      total += flagRows(folded[column], wanted, flags);
    }
    return flaggedRows(flags, total);
  }

  return { find };
}

/**
 * Sets flags[i] for every cell i that holds the text.
 * @returns {number} how many flags were newly set
 */
function flagRows({ text, starts }, wanted, flags) {
  if (wanted === '') return 0;
  let row = 0;
  let added = 0;
  let at = text.indexOf(wanted);
  while (at >= 0) {
    row = rowAt(starts, at, row);
    const inside = at + wanted.length <= starts[row + 1] - (row + 1 < starts.length - 1 ? 1 : 0);
    if (inside && !flags[row]) {
      flags[row] = 1;
      added += 1;
    }
    at = text.indexOf(wanted, inside ? starts[row + 1] : at + 1);
  }
  return added;
}

/** The cell that holds an offset, at or after `from`: a gallop, then a binary search. */
function rowAt(starts, offset, from) {
  let step = 1;
  let low = from;
  while (low + step < starts.length - 1 && starts[low + step] <= offset) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, starts.length - 1);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle;
  }
  return low;
}

function flaggedRows(flags, total) {
  const rows = new Uint32Array(total);
  for (let i = 0, next = 0; next < total; i += 1) {
    if (flags[i]) {
      rows[next] = i;
      next += 1;
    }
  }
  return rows;
}

/**
 * Where in a cell the query stands first, for showing it.
 * @param {string} cell
 * @param {string} query
 * @returns {[number, number]|null} begin and end in the cell's own UTF-16 units
 */
export function matchIn(cell, query) {
  const wanted = fold(query);
  if (wanted === '') return null;
  const { text, origin } = foldWithOrigin(cell);
  const at = text.indexOf(wanted);
  if (at < 0 || origin.length === 0) return null;
  const begin = origin[at];
  let last = at + wanted.length;
  while (last < origin.length - 1 && origin[last] === origin[last - 1]) last += 1;
  return [begin, origin[last]];
}

/**
 * How well a label answers a query: 0 equal, 1 begins with it, 2 holds it, 3 does not.
 * @param {string|null} label
 * @param {string} wanted the folded query
 * @returns {number}
 */
export function rank(label, wanted) {
  if (label === null) return 3;
  const text = fold(label);
  if (text === wanted) return 0;
  if (text.startsWith(wanted)) return 1;
  return text.includes(wanted) ? 2 : 3;
}

/**
 * The longest beginning of a query that finds something, for an empty result.
 * @param {string} query
 * @param {(query: string) => number} countOf matches of a shorter query
 * @returns {{query: string, count: number}|null}
 */
export function nearestQuery(query, countOf) {
  const characters = Array.from(query.trim());
  for (let length = Math.min(characters.length - 1, 40); length >= 2; length -= 1) {
    const shorter = characters.slice(0, length).join('').trimEnd();
    const count = countOf(shorter);
    if (count > 0) return { query: shorter, count };
  }
  return null;
}
