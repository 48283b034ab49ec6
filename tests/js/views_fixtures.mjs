/** A small embedding in the shape the payload gives it, made from plain arrays. Stored order is the reverse of the rows. */

/**
 * @param {{columns: {name: string, kind: string, cells: (string|null)[]}[], coordinates?: Record<string, number[][]>,
 *   projections?: object[], rows?: number}} given cells and coordinates by source row
 */
export function makeEmbedding({ columns, coordinates = {}, projections, rows = columns[0]?.cells.length ?? 0 }) {
  const rowOf = (i) => rows - 1 - i;
  const stored = columns.map((column) => ({ ...column, cells: column.cells.slice().reverse() }));
  return {
    id: 'e0', run: '.', tensor: 't', title: 't', rows, finite: rows, dims: 8, step: null, leftOut: 0, stride: 1, k: 4, sprite: null,
    opensWith: projections?.[0]?.name ?? null, labelBy: columns.length ? 0 : null, colorBy: null,
    columns: columns.map(({ name, kind, cells }, index) => ({ index, name, kind, missing: cells.filter((cell) => cell === null).length })),
    projections: projections ?? [], figures: [], recall: { cosine: null, euclidean: null },
    ready: async () => {},
    rowOf, indexOf: rowOf,
    column: async (index) => makeColumn(stored[index]),
    coordinates: async (name) => ({ dims: coordinates[name][0].length, values: Float32Array.from(coordinates[name].slice().reverse().flat()) }),
    neighbors: async () => ({ k: 0, indices: new Int32Array(0), distances: new Float32Array(0) }),
  };
}

/** @param {{kind: string, cells: (string|null)[]}} column */
export function makeColumn({ kind, cells }) {
  const totals = new Map();
  for (const cell of cells) if (cell !== null) totals.set(cell, (totals.get(cell) ?? 0) + 1);
  const values = [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a));
  const starts = new Uint32Array(cells.length + 1);
  cells.forEach((cell, i) => { starts[i + 1] = starts[i] + (cell ?? '').length + 1; });
  const category = kind === 'category';
  return {
    kind, cell: (i) => cells[i], number: (i) => (kind === 'number' && cells[i] !== null ? Number(cells[i]) : NaN),
    codes: category ? Uint8Array.from(cells, (cell) => (cell === null ? values.length : values.indexOf(cell))) : null,
    values: category ? values : null,
    counts: category ? Uint32Array.from([...values.map((value) => totals.get(value)), cells.filter((cell) => cell === null).length]) : null,
    joined: cells.map((cell) => cell ?? '').join('\n'), starts,
  };
}
