import { unzigzag } from './bytes.js';

const INFINITE = 1023;
const FINENESS = 128;
const SMALLEST = 149 * FINENESS;

/**
 * Neighbors as offsets from their row. Only the first `finite` stored rows have any; they may be rows that are not drawn.
 * @param {import('./bytes.js').ByteReader} reader
 * @param {{rows: number, finite: number, k: number}} shape
 * @param {{width: number}} layout
 * @returns {Int32Array} rows * k stored indices, -1 where there is none
 */
export function decodeOffsets(reader, shape, layout) {
  const { rows, finite, k } = shape;
  const offsets = reader.integers(finite * k, layout.width);
  const indices = new Int32Array(rows * k).fill(-1);
  for (let i = 0, at = 0; i < finite; i++) {
    for (let rank = 0; rank < k; rank++, at++) indices[at] = checked(i + unzigzag(offsets[at]), rows);
  }
  return indices;
}

/**
 * Neighbors as places among those of another table that were not named yet; 0 is a neighbor of its own.
 * @param {import('./bytes.js').ByteReader} reader
 * @param {{rows: number, finite: number, k: number}} shape
 * @param {{width: number, escapes: number, escapeWidth: number}} layout
 * @param {Int32Array} other
 * @returns {Int32Array} rows * k stored indices, -1 where there is none
 */
export function decodePositions(reader, shape, layout, other) {
  const { rows, finite, k } = shape;
  const codes = reader.integers(finite * k, layout.width);
  const own = reader.integers(layout.escapes, layout.escapeWidth);
  const indices = new Int32Array(rows * k).fill(-1);
  const left = new Int32Array(k);
  let nextOwn = 0;
  for (let i = 0, at = 0; i < finite; i++) {
    left.set(other.subarray(at, at + k));
    let head = 0;
    for (let rank = 0; rank < k; rank++, at++) {
      if (codes[at] === 0) {
        indices[at] = checked(i + unzigzag(own[nextOwn++]), rows);
        continue;
      }
      const place = head + codes[at] - 1;
      if (place >= k) throw new Error('A neighbor list names a place that does not exist.');
      indices[at] = left[place];
      left.copyWithin(head + 1, head, place);
      head++;
    }
  }
  if (nextOwn !== own.length) throw new Error('A neighbor table has the wrong number of own neighbors.');
  return indices;
}

/**
 * @param {import('./bytes.js').ByteReader} reader
 * @param {{rows: number, finite: number, k: number}} shape
 * @param {{levels: number}} layout
 * @returns {Float32Array} rows * k distances, NaN where there is no neighbor
 */
export function decodeDistances(reader, shape, layout) {
  const { rows, finite, k } = shape;
  const scales = reader.integers(finite, 2);
  const growth = reader.integers(finite * k, 2);
  const distances = new Float32Array(rows * k).fill(NaN);
  for (let i = 0; i < finite; i++) {
    const scale = scales[i] === 0 ? 0 : 2 ** ((scales[i] - 1 - SMALLEST) / FINENESS);
    const step = scale / layout.levels;
    let level = 0;
    for (let rank = 0; rank < k; rank++) {
      level += growth[rank * finite + i];
      distances[i * k + rank] = level >= INFINITE ? Infinity : level * step;
    }
  }
  return distances;
}

/** @param {number} index @param {number} rows @returns {number} */
function checked(index, rows) {
  if (index < 0 || index >= rows) throw new Error('A neighbor table names a row that does not exist.');
  return index;
}
