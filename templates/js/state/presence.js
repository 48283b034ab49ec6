/** Whether a row is in the page: all are, unless points were left out by `--max-points` or for the size of the page. */

/**
 * @param {{rows: number, notTaken?: number}} embedding rows that are not in the page are stored last
 * @param {number} i stored index
 * @returns {boolean}
 */
export function isInPage({ rows, notTaken = 0 }, i) {
  return i < rows - notTaken;
}
