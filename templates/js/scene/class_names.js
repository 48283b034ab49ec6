/** Names of the classes, written where their points are on the screen. */

import { overlaps } from './labels.js';

const SAMPLE = 160;
const SHIFTS = [0, -20, 20, -40, 40];
const LEAST_SHARE = 0.03;

/**
 * A fair sample of the drawn points of each class.
 * @param {{codes: ArrayLike<number>, names: (string|null)[], mask: Uint8Array, stride: number, lit?: Set<number>|null}} given
 *   codes[i] indexes names; classes without a name, and classes not in `lit` when it is given, get no members.
 *   mask: 0 hidden, 1 drawn, 2 lit; when any point is lit only lit points count.
 * @returns {Map<number, number[]>} Class code to at most 160 stored indices, by code. With lit points: without classes that
 *   hold fewer than 3 % of them.
 */
export function classMembers({ codes, names, mask, stride, lit = null }) {
  const count = mask.length, least = mask.includes(2) ? 2 : 1, members = new Map(), totals = new Map();
  let all = 0;
  for (let k = 0, i = 0; k < count; k++, i = (i + stride) % count) {
    const code = codes[i];
    if (mask[i] < least) continue;
    all += 1;
    if (!names[code] || (lit && !lit.has(code))) continue;
    totals.set(code, (totals.get(code) ?? 0) + 1);
    if (!members.has(code)) members.set(code, []);
    if (members.get(code).length < SAMPLE) members.get(code).push(i);
  }
  const kept = [...members].filter(([code]) => least === 1 || totals.get(code) >= LEAST_SHARE * all);
  return new Map(kept.sort((a, b) => a[0] - b[0]));
}

/**
 * @param {{x: number, y: number}[]} places Of a class, on the screen.
 * @param {{left: number, top: number, right: number, bottom: number}} bounds
 * @returns {{x: number, y: number, share: number}} Median, and the share of the bounds that the middle 90 % of the class covers.
 */
export function classSpot(places, bounds) {
  const xs = places.map((p) => p.x).sort((a, b) => a - b), ys = places.map((p) => p.y).sort((a, b) => a - b);
  const at = (sorted, part) => sorted[Math.floor((sorted.length - 1) * part)];
  const span = (sorted, low, high) => Math.max(0, Math.min(high, at(sorted, 0.95)) - Math.max(low, at(sorted, 0.05)));
  const covered = span(xs, bounds.left, bounds.right) * span(ys, bounds.top, bounds.bottom);
  const area = Math.max(1, (bounds.right - bounds.left) * (bounds.bottom - bounds.top));
  return { x: at(xs, 0.5), y: at(ys, 0.5), share: covered / area };
}

/**
 * @param {number} share Of the view that a class fills.
 * @returns {number} Opacity of its name: fades out around 60 %.
 */
export function nameOpacity(share) {
  return Math.max(0, Math.min(1, (0.68 - share) / 0.16));
}

/**
 * @param {{x: number, y: number}} spot
 * @param {number} width Of the name.
 * @param {number[][]} taken Boxes to stay clear of; the name's box is added.
 * @param {{left: number, top: number, right: number, bottom: number}} bounds
 * @param {number} [before] Shift of the frame before, tried first so that names do not jump.
 * @returns {{x: number, y: number, shift: number}|null} Middle of the name; null without a free place.
 */
export function placeName(spot, width, taken, bounds, before = 0) {
  for (const shift of [before, ...SHIFTS]) {
    const y = spot.y + shift, box = [spot.x - width / 2 - 6, y - 10, width + 12, 20];
    const within = box[0] >= bounds.left && box[0] + box[2] <= bounds.right && box[1] >= bounds.top && box[1] + box[3] <= bounds.bottom;
    if (!within || taken.some((other) => overlaps(other, box))) continue;
    taken.push(box);
    return { x: spot.x, y, shift };
  }
  return null;
}
