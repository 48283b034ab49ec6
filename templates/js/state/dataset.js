/** One embedding with its columns unpacked: everything the views ask for at once, by stored index. */

import { rowName } from '../text/words.js';
import { linesOf } from './lines.js';

/**
 * @param {object} embedding an embedding of the payload
 * @returns {Promise<Dataset>}
 * @typedef {object} Dataset
 * @property {object} embedding
 * @property {object[]} columns unpacked, in the order of embedding.columns
 * @property {import('./lines.js').Lines|null} lines from point to point; null where the data has none
 */
export async function openDataset(embedding) {
  const [columns] = await Promise.all([
    Promise.all(embedding.columns.map((one) => embedding.column(one.index))),
    embedding.ready(),
  ]);
  const following = columns[embedding.lines ?? -1];
  const place = (name) => (name === null ? -1 : embedding.columns.findIndex((one) => one.name === name));
  const searchable = columns.length ? columns : [rowNumbers(embedding)];

  /** The words a point goes by: its cell in a column, or its row where there is none. */
  function label(i, by) {
    const column = place(by);
    return (column < 0 ? null : columns[column].cell(i)) ?? rowName(embedding.rowOf(i));
  }

  /** All cells of a point, as [name, cell or null], without the columns named in `but`. */
  function cells(i, but = []) {
    return embedding.columns.map((one, c) => [one.name, columns[c].cell(i)]).filter(([name]) => !but.includes(name));
  }

  return {
    embedding,
    columns,
    searchable,
    lines: following ? linesOf(embedding, following) : null,
    label,
    cells,
    place,
    named: embedding.columns.map((one) => one.name),
    cell: (i, name) => columns[place(name)]?.cell(i) ?? null,
    rowOf: (i) => embedding.rowOf(i),
    indexOf: (row) => embedding.indexOf(row),
    indices: (rows) => Uint32Array.from(rows, (row) => embedding.indexOf(row)),
  };
}

/** Without metadata, points are found by their row number. */
function rowNumbers(embedding) {
  const cells = Array.from({ length: embedding.rows }, (_, i) => String(embedding.rowOf(i)));
  const starts = new Uint32Array(cells.length + 1);
  for (let i = 0; i < cells.length; i += 1) starts[i + 1] = starts[i] + cells[i].length + 1;
  return { joined: cells.join('\n'), starts };
}
