/** Which points are drawn, and in which order. */

import { LIT, SHAPE } from './point_style.js';

const BUCKETS = 4096;

/**
 * The points to draw, in an order of which every prefix is a fair sample.
 * @param {{count: number, stride: number, xyz: Float32Array, rgba: Uint8Array, lit?: Uint8Array|null, shape?: Uint8Array|null}} given
 *   stride: coprime to count; the k-th point is (k * stride) % count.
 * @returns {{ground: Uint32Array, plain: Uint32Array, lit: Uint32Array}} Stored indices: missing classes (drawn first), all
 *   others, lit ones (drawn last). Hidden points and those without a place are in none.
 */
export function drawOrder({ count, stride, xyz, rgba, lit = null, shape = null }) {
  const groups = [new Uint32Array(count), new Uint32Array(count), new Uint32Array(count)], used = [0, 0, 0];
  for (let k = 0, i = 0; k < count; k++, i = (i + stride) % count) {
    if (rgba[4 * i + 3] === 0 || xyz[3 * i] !== xyz[3 * i]) continue;
    const group = lit && lit[i] === LIT.lit ? 2 : shape && shape[i] === SHAPE.missing ? 0 : 1;
    groups[group][used[group]++] = i;
  }
  const [ground, plain, bright] = groups.map((list, g) => list.slice(0, used[g]));
  return { ground, plain, lit: bright };
}

/**
 * How many of each group to draw when there is time for `budget` points: lit ones come first, up to half of it.
 * @param {{ground: Uint32Array, plain: Uint32Array, lit: Uint32Array}} order
 * @param {number} budget
 * @returns {{ground: number, plain: number, lit: number}}
 */
export function shareBudget(order, budget) {
  const others = order.ground.length + order.plain.length;
  const lit = Math.min(order.lit.length, Math.max(Math.floor(budget / 2), budget - others));
  const share = Math.min(1, others ? Math.max(0, budget - lit) / others : 1);
  return { ground: Math.ceil(order.ground.length * share), plain: Math.ceil(order.plain.length * share), lit };
}

/**
 * Stored index behind each drawn one, far to near, by counting sort over the range of depths.
 * @param {Uint32Array} indices Only the first `length` are looked at.
 * @param {number} length
 * @param {(indices: Uint32Array, length: number, depths: Float32Array) => void} measure Writes the depth toward the viewer of the
 *   k-th index to depths[k]; NaN counts as farthest.
 * @param {Uint32Array} out Written from `offset` on.
 * @param {number} [offset]
 */
export function sortByDepth(indices, length, measure, out, offset = 0) {
  if (length === 0) return;
  const depths = new Float32Array(length);
  measure(indices, length, depths);
  let low = Infinity, high = -Infinity;
  for (let k = 0; k < length; k++) {
    const depth = depths[k];
    if (depth < low) low = depth;
    if (depth > high) high = depth;
  }
  const perUnit = high > low ? (BUCKETS - 1) / (high - low) : 0;
  const starts = new Uint32Array(BUCKETS + 1), bucket = new Uint16Array(length);
  for (let k = 0; k < length; k++) {
    bucket[k] = (depths[k] - low) * perUnit;
    starts[bucket[k] + 1]++;
  }
  for (let b = 0; b < BUCKETS; b++) starts[b + 1] += starts[b];
  for (let k = 0; k < length; k++) out[offset + starts[bucket[k]]++] = indices[k];
}

/**
 * A `measure` for sortByDepth that puts points of higher ranks in front, each rank by depth: for a few that must be seen.
 * @param {(indices: Uint32Array, length: number, depths: Float32Array) => void} measure
 * @param {Uint8Array} ranks By stored index.
 */
export function rankedMeasure(measure, ranks) {
  return (indices, length, depths) => {
    measure(indices, length, depths);
    let low = Infinity, high = -Infinity;
    for (let k = 0; k < length; k++) {
      if (depths[k] < low) low = depths[k];
      if (depths[k] > high) high = depths[k];
    }
    const span = high > low ? high - low : 1;
    for (let k = 0; k < length; k++) depths[k] = (depths[k] - low) / span + 1.01 * ranks[indices[k]];
  };
}

/**
 * A `measure` for sortByDepth: depth of positions on the way from one array to another.
 * @param {import('./camera.js').Lens} lens
 * @param {Float32Array} from 3 x count.
 * @param {Float32Array} to 3 x count.
 * @param {number} mix 0 is at `from`, 1 at `to`.
 */
export function depthMeasure(lens, from, to, mix) {
  const { toward: [tx, ty, tz] } = lens;
  if (mix >= 1 || from === to) {
    return (indices, length, depths) => {
      for (let k = 0; k < length; k++) {
        const p = 3 * indices[k];
        depths[k] = to[p] * tx + to[p + 1] * ty + to[p + 2] * tz;
      }
    };
  }
  const at = 1 - mix, ax = tx * at, ay = ty * at, az = tz * at, bx = tx * mix, by = ty * mix, bz = tz * mix;
  return (indices, length, depths) => {
    for (let k = 0; k < length; k++) {
      const p = 3 * indices[k];
      depths[k] = from[p] * ax + from[p + 1] * ay + from[p + 2] * az + to[p] * bx + to[p + 1] * by + to[p + 2] * bz;
    }
  };
}
