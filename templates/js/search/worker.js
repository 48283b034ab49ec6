/** The worker's side of a search by regular expression. */

import { foldJoined } from '../text/fold.js';

const compatible = (text) => text.normalize('NFKC');

/**
 * Answers the messages of createPatternSearch.
 * @param {{postMessage: (data: object, transfer?: Transferable[]) => void}} scope the worker's global object
 */
export function startWorker(scope) {
  let columns = [];
  scope.onmessage = ({ data }) => {
    if (data.kind === 'columns')
      columns = data.columns.map(({ joined, starts }) => foldJoined(joined, starts, compatible));
    if (data.kind === 'find') {
      const found = findPattern(
        new RegExp(data.source, data.flags),
        data.which.map((index) => columns[index]),
        data.which,
      );
      scope.postMessage(
        found,
        Object.values(found).map((array) => array.buffer),
      );
    }
  };
}

/**
 * Every cell is tested alone, so that "^" and "$" mean its ends and no match runs over a row's end.
 * @param {RegExp} pattern
 * @param {{text: string, starts: Uint32Array}[]} columns
 * @param {number[]} names number to report for each column
 * @returns {{rows: Uint32Array, columns: Uint16Array, begins: Uint32Array, ends: Uint32Array}}
 */
export function findPattern(pattern, columns, names) {
  const rows = columns.length ? columns[0].starts.length - 1 : 0;
  const found = { rows: [], columns: [], begins: [], ends: [] };
  for (let row = 0; row < rows; row += 1) {
    for (let c = 0; c < columns.length; c += 1) {
      const { text, starts } = columns[c];
      const cell = text.slice(starts[row], starts[row + 1] - (row + 1 < rows ? 1 : 0));
      const match = pattern.exec(cell);
      if (!match) continue;
      found.rows.push(row);
      found.columns.push(names[c]);
      found.begins.push(match.index);
      found.ends.push(match.index + match[0].length);
      break;
    }
  }
  return {
    rows: Uint32Array.from(found.rows),
    columns: Uint16Array.from(found.columns),
    begins: Uint32Array.from(found.begins),
    ends: Uint32Array.from(found.ends),
  };
}
