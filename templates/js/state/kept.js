/**
 * Which neighbors are near in the picture too. What counts as kept is said in embreport/compute/quality.py: of the k nearest
 * points of the picture, those no farther in the data than the k-th neighbor, whichever rows that tie with it a list shows; of
 * points that tie for the last places in the picture, as many as are to be expected.
 */

/**
 * @typedef {object} Kept
 * @property {Set<number>} near stored indices of the listed neighbors that are no farther in the picture than the k-th nearest there
 * @property {Set<number>} tied those that are not, but tie with rows beyond the list, which may be near in their place
 * @property {number|null} count how many of the k nearest in the picture are neighbors; null where the list cannot tell
 * @property {boolean} beyond whether rows beyond the list are among them
 */

/**
 * @param {import('./near.js').Neighbors} neighbors
 * @param {Float32Array} xyz 3 a point, NaN where not drawn
 * @param {number|null} [share] the figure of the point, where the page has one for this list
 * @returns {Kept}
 */
export function keptNeighbors({ focus, indices, further, open, tiesFrom }, xyz, share = null) {
  const k = indices.length;
  const shareOf = pictureShares(xyz, focus, k);
  const total = (list) => list.reduce((sum, i) => sum + shareOf(i), 0);
  const near = new Set(indices.filter((i) => shareOf(i) > 0));
  const least = total(indices);
  const most = open ? k : Math.min(k, least + total(further));
  return {
    near,
    tied: new Set(indices.slice(tiesFrom).filter((i) => !near.has(i))),
    ...countOf(least, most, share === null ? null : share * k),
  };
}

/** Where ties leave the number open, the figure of the point decides; it was measured with all rows at hand. */
function countOf(least, most, figure) {
  const listed = Math.round(least);
  if (Math.round(most) === listed || (figure !== null && Math.round(figure) === listed))
    return { count: listed, beyond: false };
  return { count: figure === null ? null : Math.round(figure), beyond: true };
}

/**
 * How likely points are among the k nearest of one in the picture, by euclidean distance of the drawn coordinates, if ties are
 * broken by lot.
 * @param {Float32Array} xyz 3 a point, NaN where not drawn
 * @param {number} focus
 * @param {number} k
 * @returns {(i: number) => number} 0 to 1; 0 for all where the point is not drawn
 */
export function pictureShares(xyz, focus, k) {
  const [x, y, z] = xyz.subarray(3 * focus, 3 * focus + 3);
  if (Number.isNaN(x) || k < 1) return () => 0;
  const squareTo = (i) => (xyz[3 * i] - x) ** 2 + (xyz[3 * i + 1] - y) ** 2 + (xyz[3 * i + 2] - z) ** 2;
  const nearest = [];
  let tied = 0;
  for (let i = 0; i < xyz.length / 3; i += 1) {
    const square = squareTo(i);
    if (i === focus || !(square <= (nearest[k - 1] ?? Infinity))) continue;
    if (square === nearest[k - 1]) tied += 1;
    else tied = insert(nearest, square, k, tied);
  }
  const last = nearest.at(-1);
  const nearer = nearest.filter((square) => square < last).length;
  const share = (nearest.length - nearer) / (nearest.length - nearer + tied);
  return (i) => (i === focus ? 0 : squareTo(i) < last ? 1 : squareTo(i) === last ? share : 0);
}

/** Puts a square in its place among the k smallest; of those pushed out, the ones that tie with the last are counted. */
function insert(nearest, square, k, tied) {
  let at = nearest.length;
  while (at > 0 && nearest[at - 1] > square) at -= 1;
  nearest.splice(at, 0, square);
  if (nearest.length <= k) return 0;
  return nearest.pop() === nearest[k - 1] ? tied + 1 : 0;
}
