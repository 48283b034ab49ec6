/** From the coordinates of a projection to positions in a cube around the origin. */

import { HOME, HOME_FLAT, lensOf, nearnessOf, projectAllThrough } from './camera.js';

function limits(values, dims, component) {
  let low = Infinity, high = -Infinity;
  for (let k = component; k < values.length; k += dims) {
    if (values[k] < low) low = values[k];
    if (values[k] > high) high = values[k];
  }
  return low <= high ? [low, high] : [0, 0];
}

/**
 * Centers every axis on its midrange and divides all axes by the largest half range, so that the aspect stays equal.
 * @param {{values: Float32Array, dims: number, components?: number[], lows?: ArrayLike<number>, highs?: ArrayLike<number>}} given
 *   values: rows x dims, NaN when missing; components: the two or three columns shown, the first ones by default;
 *   lows, highs: range of every column when already known.
 * @returns {{xyz: Float32Array, mid: number[], half: number, flat: boolean}} xyz: 3 x rows, NaN rows stay NaN, z = 0 for two
 *   components. half is 1 when all points coincide.
 */
export function normalizePositions({ values, dims, components, lows, highs }) {
  const shown = components ?? Array.from({ length: Math.min(3, dims) }, (_, k) => k);
  const ranges = shown.map((c) => (lows && highs ? [lows[c], highs[c]] : limits(values, dims, c)));
  const mid = [0, 1, 2].map((k) => (k < shown.length ? (ranges[k][0] + ranges[k][1]) / 2 : 0));
  const half = Math.max(...ranges.map(([low, high]) => (high - low) / 2)) || 1;
  const rows = Math.floor(values.length / dims), xyz = new Float32Array(3 * rows);
  for (let i = 0; i < rows; i++) {
    let whole = true;
    shown.forEach((c, k) => {
      const value = (values[i * dims + c] - mid[k]) / half;
      xyz[3 * i + k] = value;
      if (!Number.isFinite(value)) whole = false;
    });
    if (!whole) xyz.fill(NaN, 3 * i, 3 * i + 3);
  }
  return { xyz, mid, half, flat: shown.length < 3 };
}

/**
 * Half extents of all points about the center at the home camera, in units at scale 1.
 * @param {Float32Array} xyz 3 x count normalised positions; NaN is left out.
 * @param {boolean} flat
 * @returns {{halfWidth: number, halfHeight: number}} 1 x 1 when there is no finite point.
 */
export function measureFrame(xyz, flat) {
  const view = { width: 0, height: 0, cx: 0, cy: 0, scale: 1 };
  const screen = projectAllThrough(lensOf(flat ? HOME_FLAT : HOME, view, nearnessOf(flat)), xyz);
  let halfWidth = 0, halfHeight = 0;
  for (let k = 0; k < screen.length; k += 3) {
    if (Math.abs(screen[k]) > halfWidth) halfWidth = Math.abs(screen[k]);
    if (Math.abs(screen[k + 1]) > halfHeight) halfHeight = Math.abs(screen[k + 1]);
  }
  return { halfWidth: halfWidth || 1, halfHeight: halfHeight || 1 };
}
