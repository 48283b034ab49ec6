/** Polylines: a column that names, for each point, the row of the next one. The rule is that of views/polylines.py. */

/** Columns with this meaning; nobody wants to color or label by them. */
export const NEXT_COLUMNS = ['__next__', '__seq_next__'];

const ROW = /^[ \t\n\r\f\v]*(\d{1,9})(?:\.0*)?[ \t\n\r\f\v]*$/;

/**
 * @typedef {{from: Uint32Array, to: Uint32Array}} Lines segments by stored index
 * @param {{rows: number, indexOf: (row: number) => number}} embedding
 * @param {{cell: (i: number) => string|null}} column
 * @returns {Lines} in the order of the rows they start at; cells that name no row, or their own, start none
 */
export function linesOf(embedding, column) {
  const { rows } = embedding;
  const from = [];
  const to = [];
  for (let row = 0; row < rows; row += 1) {
    const i = embedding.indexOf(row);
    const found = ROW.exec(column.cell(i) ?? '');
    const next = found ? Number(found[1]) : rows;
    if (next >= rows || next === row) continue;
    from.push(i);
    to.push(embedding.indexOf(next));
  }
  return { from: Uint32Array.from(from), to: Uint32Array.from(to) };
}
