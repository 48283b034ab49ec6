/** Neighbors for the inspector: both distances, and which are also near in the picture. */

/**
 * @typedef {object} Neighbors
 * @property {number} focus stored index
 * @property {number[]} indices stored indices, nearest first
 * @property {{value: number, beyond: boolean}[]} cosine `beyond`: farther than `value`, the last one kept in that table
 * @property {{value: number, beyond: boolean}[]} euclidean
 * @property {number[]} further stored indices beyond the list whose stored distance is that of its last; distances are stored in
 *   steps, so that these are as far, or nearly
 * @property {boolean} open whether there may be more of these than the table holds
 * @property {number} tiesFrom place in the list of the first one that is as far as those beyond it; its length without any
 */

/**
 * @param {number} focus stored index
 * @param {{cosine: object, euclidean: object}} tables {k, indices, distances} each
 * @param {"cosine"|"euclidean"} metric
 * @param {number} k
 * @param {number} [others] how many other points there are
 * @returns {Neighbors}
 */
export function listNeighbors(focus, tables, metric, k, others = Infinity) {
  const table = tables[metric];
  const all = Array.from(table.indices.subarray(focus * table.k, (focus + 1) * table.k)).filter((i) => i >= 0);
  const listed = all.slice(0, k);
  return {
    focus,
    indices: listed,
    ...beyondList(all, table.distances.subarray(focus * table.k, (focus + 1) * table.k), listed.length, others),
    cosine: listed.map((i) => distanceIn(tables.cosine, focus, i)),
    euclidean: listed.map((i) => distanceIn(tables.euclidean, focus, i)),
  };
}

/** Which rows are as far as the last one listed. At the end of the table, equal distances before it tell of more behind. */
function beyondList(all, distances, width, others) {
  const last = distances[width - 1];
  let end = width;
  while (end < all.length && distances[end] === last) end += 1;
  let first = width - 1;
  while (first > 0 && distances[first - 1] === last) first -= 1;
  const open = end - first > 1 && end === all.length && all.length < others;
  return { further: all.slice(width, end), open, tiesFrom: end > width || open ? first : width };
}

function distanceIn({ k, indices, distances }, focus, i) {
  const own = indices.subarray(focus * k, (focus + 1) * k);
  const at = own.indexOf(i);
  if (at >= 0) return { value: distances[focus * k + at], beyond: false };
  return { value: k ? distances[(focus + 1) * k - 1] : NaN, beyond: true };
}
