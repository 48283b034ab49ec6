/** Names of the classes, written where their points are on the screen. */

import { overlaps } from './labels.js';

const SAMPLE = 160;
const SHIFTS = [0, -20, 20, -40, 40];
const LEAST_SHARE = 0.03;
const SIDE = 6;
const HALF = 10;
const GAP = 1;
const MOST_HIDDEN = 0.6;
const MOST_HIDDEN_SMALL = 0.3;
const SMALL = 1.5;
const STEADY = 0.15;
const SURROUND = 20;
const FARTHER = [0, 12];
const FARTHEST = 60;

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
 * @returns {{x: number, y: number, across: number, down: number, share: number}} Median, and of the middle 90 % of the class: how
 *   wide and high it is, and the share of the bounds that it covers.
 */
export function classSpot(places, bounds) {
  const xs = places.map((p) => p.x).sort((a, b) => a - b), ys = places.map((p) => p.y).sort((a, b) => a - b);
  const at = (sorted, part) => sorted[Math.floor((sorted.length - 1) * part)];
  const span = (sorted, low, high) => Math.max(0, Math.min(high, at(sorted, 0.95)) - Math.max(low, at(sorted, 0.05)));
  const covered = span(xs, bounds.left, bounds.right) * span(ys, bounds.top, bounds.bottom);
  const area = Math.max(1, (bounds.right - bounds.left) * (bounds.bottom - bounds.top));
  const [across, down] = [xs, ys].map((sorted) => at(sorted, 0.95) - at(sorted, 0.05));
  return { x: at(xs, 0.5), y: at(ys, 0.5), across, down, share: covered / area };
}

/**
 * @param {number} share Of the view that a class fills.
 * @returns {number} Opacity of its name: fades out around 60 %.
 */
export function nameOpacity(share) {
  return Math.max(0, Math.min(1, (0.68 - share) / 0.16));
}

const nameBox = ({ x, y }, width) => [x - width / 2 - SIDE, y - HALF, width + 2 * SIDE, 2 * HALF];

/** Places that a box covers, grown by `around` on all sides. */
const within = (places, [left, top, width, height], around) =>
  places.filter(({ x, y }) => x > left - around && x < left + width + around && y > top - around && y < top + height + around);

/**
 * @param {{x: number, y: number, across: number, down: number}} spot Of the class.
 * @param {number} width Of the name.
 * @param {{x: number, y: number}[]} places Of the class.
 * @param {number} radius Of its points.
 * @param {boolean} [before] Whether it was so in the frame before; the bounds are 15 % looser then, so that names do not flicker.
 * @returns {boolean} Whether its name over the middle would hide most of the class, or a good part of one that is hardly larger
 *   than the name: the name then stands beside.
 */
export function hidesClass(spot, width, places, radius, before = false) {
  const box = nameBox(spot, width), looser = before ? 1 + STEADY : 1;
  const isSmall = (spot.across + 2 * radius) * (spot.down + 2 * radius) < SMALL * box[2] * box[3] * looser;
  return within(places, box, 0).length * looser > (isSmall ? MOST_HIDDEN_SMALL : MOST_HIDDEN) * places.length;
}

/**
 * @param {{x: number, y: number}} spot Middle of a class that its name would hide.
 * @param {number} width Of the name.
 * @param {{x: number, y: number}[]} places Of the class.
 * @param {number} radius Of its points.
 * @returns {number[]} Box around the bulk of the class, of which names stay clear.
 */
export function bulkBox(spot, width, places, radius) {
  const bulk = within(places, nameBox(spot, width), SURROUND), xs = bulk.map(({ x }) => x), ys = bulk.map(({ y }) => y);
  const left = Math.min(...xs) - radius, top = Math.min(...ys) - radius;
  return [left, top, Math.max(...xs) + radius - left, Math.max(...ys) + radius - top];
}

/** The least way, `from` at the least, that keeps `reach` from all the points along it, which are in order. */
function clearWay(along, from, reach) {
  let way = from;
  for (const point of along) {
    if (Math.abs(point - way) < reach) way = point + reach;
  }
  return way;
}

/**
 * @typedef {{choice: number|null, shift: number}[]} Shifts How far down a name may move, first come first tried; choice tells them
 *   apart, and is null for what the next frame need not keep.
 * @returns {Shifts} For a name over its class.
 */
export const shiftsOver = () => SHIFTS.map((shift) => ({ choice: shift, shift }));

/**
 * @param {{x: number, y: number}} spot Middle of the class.
 * @param {number} width Of the name.
 * @param {{x: number, y: number}[]} places Of the class.
 * @param {number} radius Of its points.
 * @returns {Shifts} Above and below, nearest first; there the name touches none of the places.
 */
export function shiftsBeside(spot, width, places, radius) {
  const reach = HALF + radius + GAP, shifts = [];
  const beneath = places.filter(({ x }) => Math.abs(x - spot.x) < width / 2 + SIDE + radius);
  const down = Float64Array.from(beneath, ({ y }) => y - spot.y).sort(), up = down.map((way) => -way).reverse();
  for (const [side, along] of [[-1, up], [1, down]]) {
    const nearest = clearWay(along, 0, reach);
    for (const farther of FARTHER) {
      shifts.push({ choice: farther ? null : side, shift: side * clearWay(along, nearest + farther, reach) });
    }
  }
  return shifts.filter(({ shift }) => Math.abs(shift) <= FARTHEST).sort((a, b) => Math.abs(a.shift) - Math.abs(b.shift));
}

/**
 * @param {{x: number, y: number}} spot Middle of the class.
 * @param {number} width Of the name.
 * @param {Shifts} shifts
 * @param {number[][]} taken Boxes to stay clear of.
 * @param {{left: number, top: number, right: number, bottom: number}} bounds
 * @param {number|null} [before] Choice of the frame before, tried first so that names do not jump.
 * @returns {{x: number, y: number, choice: number|null, box: number[]}|null} Middle of the name; null without a free place.
 */
export function placeName(spot, width, shifts, taken, bounds, before = null) {
  const kept = before === null ? [] : shifts.filter((one) => one.choice === before);
  for (const { choice, shift } of [...kept, ...shifts]) {
    const at = { x: spot.x, y: spot.y + shift }, box = nameBox(at, width);
    const inside = box[0] >= bounds.left && box[0] + box[2] <= bounds.right && box[1] >= bounds.top && box[1] + box[3] <= bounds.bottom;
    if (inside && !taken.some((other) => overlaps(other, box))) return { ...at, choice, box };
  }
  return null;
}
