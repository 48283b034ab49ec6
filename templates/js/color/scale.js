/** A sequential scale for a column of numbers: linear, or by logarithm when the values span three powers of ten. */

/**
 * @param {Iterable<number>} values NaN where missing
 * @param {[number, number]|null} [limits] ends of the scale, whatever the values; what lies beyond is placed at an end
 * @returns {{low: number, high: number, log: boolean, place: (value: number) => number}|null} `place` gives 0 to 1
 *   (NaN for a value that is not finite); null when no value is finite. With `log`, `low` is the least positive value
 *   and what is not above it is placed at 0.
 */
export function planScale(values, limits = null) {
  let low = Infinity;
  let high = -Infinity;
  let least = Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
    if (value > 0 && value < least) least = value;
  }
  if (low > high) return null;
  if (limits) return fixed(...limits);
  const log = low >= 0 && high / least > 1000;
  if (log) {
    const span = Math.log(high / least);
    const place = (value) =>
      Number.isFinite(value) ? Math.max(0, Math.log(Math.max(value, least) / least) / span) : NaN;
    return { low: least, high, log, place };
  }
  const span = high - low;
  const place = (value) => (Number.isFinite(value) ? (span > 0 ? (value - low) / span : 0.5) : NaN);
  return { low, high, log, place };
}

function fixed(low, high) {
  const inside = (share) => Math.min(1, Math.max(0, share));
  const place = (value) => (Number.isFinite(value) ? inside((value - low) / (high - low)) : NaN);
  return { low, high, log: false, place };
}

/**
 * @param {import('./palette.js').Color[]} stops evenly spaced
 * @param {number} place 0 to 1
 * @returns {import('./palette.js').Color}
 */
export function colorAt(stops, place) {
  const at = Math.min(1, Math.max(0, place)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  return stops[i].map((value, c) => value + (stops[i + 1][c] - value) * (at - i));
}
