import { decodeTexts, joinTexts, textAt } from './text.js';

/**
 * A metadata column, by stored index.
 * @typedef {object} StoredColumn
 * @property {'text'|'category'|'number'} kind
 * @property {(i: number) => string|null} cell as the file spells it, null where missing
 * @property {(i: number) => number} number NaN where missing or not a number
 * @property {Uint8Array|Uint16Array|Uint32Array|null} codes category only: place in `values`, values.length if missing
 * @property {string[]|null} values category only: most frequent first, ties by first appearance in source order
 * @property {Uint32Array|null} counts category only: drawn rows per value, and last those whose cell is missing
 * @property {string} joined all cells joined by line breaks, missing ones empty
 * @property {Uint32Array} starts rows + 1: cell i is joined.slice(starts[i], starts[i + 1] - 1)
 */

/**
 * @param {import('./bytes.js').ByteReader} reader
 * @param {{rows: number, finite: number}} shape
 * @param {any} described the column in the manifest
 * @returns {StoredColumn}
 */
export function decodeColumn(reader, shape, described) {
  return described.layout === 'category'
    ? decodeCategory(reader, shape, described)
    : decodeTextColumn(reader, shape, described);
}

/** @returns {StoredColumn} */
function decodeTextColumn(reader, shape, described) {
  const texts = decodeTexts(reader, shape.rows, described.text);
  const bits = described.bits ? reader.take(Math.ceil(shape.rows / 8)) : null;
  const isMissing = (i) => bits !== null && ((bits[i >> 3] >> (i & 7)) & 1) === 1;
  const cell = (i) => (isMissing(i) ? null : textAt(texts, i));
  let numbers = null;
  const number = (i) => {
    numbers ??= Float64Array.from({ length: shape.rows }, (_, at) => numberOf(cell(at)));
    return numbers[i];
  };
  return {
    kind: described.kind,
    cell,
    number: described.kind === 'number' ? number : () => NaN,
    codes: null,
    values: null,
    counts: null,
    joined: texts.joined,
    starts: texts.starts,
  };
}

/** @returns {StoredColumn} */
function decodeCategory(reader, shape, described) {
  const count = described.values;
  const texts = decodeTexts(reader, count, described.text);
  const values = Array.from({ length: count }, (_, i) => textAt(texts, i));
  const codes = narrowed(reader.integers(shape.rows, described.width), count);
  const counts = new Uint32Array(count + 1);
  for (let i = 0; i < shape.rows; i++) {
    if (codes[i] > count) throw new Error('A category column names a value that does not exist.');
    if (i < shape.finite) counts[codes[i]]++;
  }
  let cells = null;
  const joinedCells = () => (cells ??= joinTexts(Array.from(codes, (code) => (code === count ? '' : values[code]))));
  return {
    kind: described.kind,
    cell: (i) => (codes[i] === count ? null : values[codes[i]]),
    number: () => NaN,
    codes,
    values,
    counts,
    get joined() { return joinedCells().joined; },
    get starts() { return joinedCells().starts; },
  };
}

/** @param {Uint32Array} codes @param {number} largest */
function narrowed(codes, largest) {
  if (largest < 256) return Uint8Array.from(codes);
  return largest < 65536 ? Uint16Array.from(codes) : codes;
}

/** @param {string|null} cell @returns {number} */
function numberOf(cell) {
  return cell === null || cell.trim() === '' ? NaN : Number(cell);
}
