/** Sets of rows as short text: "3,7-12,40". Row numbers in text are those of the source tensor. */

/**
 * @param {Iterable<number>} rows in any order, repeats allowed
 * @returns {string}
 */
export function rangesOf(rows) {
  const sorted = Uint32Array.from(new Set(rows)).sort();
  const parts = [];
  for (let i = 0; i < sorted.length; i += 1) {
    const first = sorted[i];
    while (i + 1 < sorted.length && sorted[i + 1] === sorted[i] + 1) i += 1;
    parts.push(sorted[i] === first ? `${first}` : `${first}-${sorted[i]}`);
  }
  return parts.join(',');
}

/**
 * @param {string} text
 * @param {number} rows rows of the tensor; numbers outside are dropped
 * @returns {number[]} ascending, without repeats; what cannot be read is left out
 */
export function rowsOf(text, rows) {
  const found = new Set();
  for (const part of text.split(',')) {
    const match = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part);
    if (!match) continue;
    const last = Math.min(Number(match[2] ?? match[1]), rows - 1);
    for (let row = Number(match[1]); row <= last; row += 1) found.add(row);
  }
  return [...found].sort((a, b) => a - b);
}
