/** Which points show their image, and where: the front one of each cell of the screen. */

import { farness } from './point_style.js';

const CELL = 34;
const SMALLEST = 24;

/** Longer side of the nearest tiles, CSS pixels. */
export const LARGEST = 44;

/**
 * @param {{screen: Float32Array, mask: Uint8Array, bounds: {left: number, top: number, right: number, bottom: number},
 *   has?: (i: number) => boolean}} given
 *   screen: x, y, depth of each point; mask: 0 hidden, 1 drawn, 2 lit: when any is lit only lit points count; has: whether a point
 *   has an image.
 * @returns {number[]} Stored index of the front point of every cell that has one.
 */
export function frontPoints({ screen, mask, bounds, has = () => true }) {
  const columns = Math.max(1, Math.ceil((bounds.right - bounds.left) / CELL));
  const rows = Math.max(1, Math.ceil((bounds.bottom - bounds.top) / CELL));
  const front = new Int32Array(columns * rows).fill(-1), least = mask.includes(2) ? 2 : 1;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] < least) continue;
    const x = screen[3 * i], y = screen[3 * i + 1];
    if (!(x >= bounds.left && x < bounds.right && y >= bounds.top && y < bounds.bottom)) continue;
    const cell = ((y - bounds.top) / CELL | 0) * columns + ((x - bounds.left) / CELL | 0), before = front[cell];
    if ((before < 0 || screen[3 * i + 2] > screen[3 * before + 2]) && has(i)) front[cell] = i;
  }
  return [...front].filter((i) => i >= 0);
}

/**
 * @param {number[]} points Stored indices.
 * @param {{place: (i: number) => {x: number, y: number, depth: number}|null, reserved?: number[][], cue?: number}} given
 *   place: where a point is on the screen; reserved: boxes [left, top, width, height] without tiles; cue: 0 in flat pictures, where
 *   all tiles have one size.
 * @returns {{i: number, x: number, y: number, depth: number, size: number}[]} Far to near; size is the longer side, 24 to 44 CSS pixels.
 */
export function layTiles(points, { place, reserved = [], cue = 1 }) {
  const covered = (x, y, half) => reserved.some(([l, t, w, h]) => x + half > l && x - half < l + w && y + half > t && y - half < t + h);
  return points.flatMap((i) => {
    const at = place(i);
    if (!at) return [];
    const size = SMALLEST + (LARGEST - SMALLEST) * (1 - (cue ? farness(at.depth) : 0.4));
    return covered(at.x, at.y, size / 2) ? [] : [{ i, x: at.x, y: at.y, depth: at.depth, size }];
  }).sort((a, b) => a.depth - b.depth);
}
