import { unzigzag } from './bytes.js';

/**
 * The source row of every stored row, and back.
 * @param {import('./bytes.js').ByteReader} reader
 * @param {number} rows
 * @param {{width: number, delta: boolean}} layout
 * @returns {{rowOf: Uint32Array, indexOf: Uint32Array}}
 */
export function decodeOrder(reader, rows, layout) {
  const rowOf = reader.integers(rows, layout.width);
  if (layout.delta) {
    let last = 0;
    for (let i = 0; i < rows; i++) {
      last += unzigzag(rowOf[i]);
      rowOf[i] = last;
    }
  }
  const nowhere = 0xffffffff;
  const indexOf = new Uint32Array(rows).fill(nowhere);
  for (let i = 0; i < rows; i++) {
    if (rowOf[i] >= rows || indexOf[rowOf[i]] !== nowhere) throw new Error('The row order is damaged.');
    indexOf[rowOf[i]] = i;
  }
  return { rowOf, indexOf };
}
