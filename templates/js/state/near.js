/** Neighbors for the inspector: both distances, and which are also near in the picture. */

/**
 * @typedef {object} Neighbors
 * @property {number} focus stored index
 * @property {number[]} indices stored indices, nearest first
 * @property {{value: number, beyond: boolean}[]} cosine `beyond`: farther than `value`, the last one kept in that table
 * @property {{value: number, beyond: boolean}[]} euclidean
 */

/**
 * @param {number} focus stored index
 * @param {{cosine: object, euclidean: object}} tables {k, indices, distances} each
 * @param {"cosine"|"euclidean"} metric
 * @param {number} k
 * @returns {Neighbors}
 */
export function listNeighbors(focus, tables, metric, k) {
  const { indices } = tables[metric];
  const width = Math.min(k, tables[metric].k);
  const listed = Array.from(indices.subarray(focus * tables[metric].k, focus * tables[metric].k + width)).filter(
    (i) => i >= 0,
  );
  return {
    focus,
    indices: listed,
    cosine: listed.map((i) => distanceIn(tables.cosine, focus, i)),
    euclidean: listed.map((i) => distanceIn(tables.euclidean, focus, i)),
  };
}

function distanceIn({ k, indices, distances }, focus, i) {
  const own = indices.subarray(focus * k, (focus + 1) * k);
  const at = own.indexOf(i);
  if (at >= 0) return { value: distances[focus * k + at], beyond: false };
  return { value: k ? distances[(focus + 1) * k - 1] : NaN, beyond: true };
}

/**
 * The nearest points on the picture, by euclidean distance of the drawn coordinates.
 * @param {Float32Array} xyz 3 a point, NaN where not drawn
 * @param {number} focus
 * @param {number} k
 * @returns {Set<number>} at most k stored indices; empty when the point is not drawn
 */
export function nearestInPicture(xyz, focus, k) {
  const [x, y, z] = xyz.subarray(3 * focus, 3 * focus + 3);
  if (Number.isNaN(x) || k < 1) return new Set();
  const best = [];
  let limit = Infinity;
  for (let i = 0, at = 0; at < xyz.length; i += 1, at += 3) {
    const gap = (xyz[at] - x) ** 2 + (xyz[at + 1] - y) ** 2 + (xyz[at + 2] - z) ** 2;
    if (!(gap < limit) || i === focus) continue;
    insert(best, gap, i);
    if (best.length > k) best.pop();
    if (best.length === k) limit = best[k - 1][0];
  }
  return new Set(best.map(([, i]) => i));
}

function insert(best, gap, i) {
  let at = best.length;
  while (at > 0 && best[at - 1][0] > gap) at -= 1;
  best.splice(at, 0, [gap, i]);
}
