import { unzigzag } from './bytes.js';

const MISSING = 65535;

/**
 * Coordinates of one projection, row after row in stored order, NaN where missing.
 * @param {import('./bytes.js').ByteReader} reader
 * @param {number} rows
 * @param {Array<{low: number, high: number, base: number, step: number, delta: boolean}>} axes
 * @returns {{dims: number, values: Float32Array, lows: number[], highs: number[]}}
 */
export function decodeCoordinates(reader, rows, axes) {
  const dims = axes.length;
  const values = new Float32Array(rows * dims);
  axes.forEach((axis, number) => {
    const steps = reader.integers(rows, 2);
    let last = 0;
    for (let i = 0, at = number; i < rows; i++, at += dims) {
      last = axis.delta ? (last + unzigzag(steps[i])) & 65535 : steps[i];
      values[at] = last === MISSING ? NaN : axis.base + last * axis.step;
    }
  });
  return { dims, values, lows: axes.map((axis) => axis.low), highs: axes.map((axis) => axis.high) };
}
