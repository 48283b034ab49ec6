/** Numbers and counts as the page writes them: US English, minus as U+2212, a no-break space before "%". */

const MINUS = '\u2212';
const SPACE = '\u00a0';

/**
 * @param {number} value a whole number
 * @returns {string} with thousands separated: 6,000
 */
export function count(value) {
  const digits = String(Math.abs(Math.round(value))).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return Math.round(value) < 0 ? MINUS + digits : digits;
}

/**
 * @param {number} value
 * @param {string} one the word for exactly one
 * @param {string} [many] the word for all other counts
 * @returns {string} such as "1 match", "714 matches"
 */
export function counted(value, one, many = `${one}s`) {
  return `${count(value)}${SPACE}${value === 1 ? one : many}`;
}

/**
 * @param {number} share between 0 and 1
 * @returns {string} "48 %"; a share above 0 that rounds to 0 is "< 1 %"
 */
export function percent(share) {
  const whole = Math.round(share * 100);
  if (whole === 0 && share > 0) return `<${SPACE}1${SPACE}%`;
  return `${whole}${SPACE}%`;
}

/**
 * @param {number} share between 0 and 1
 * @returns {string} "98.7 %"
 */
export function percentTenths(share) {
  return `${(share * 100).toFixed(1)}${SPACE}%`;
}

/**
 * A distance in a list: three decimals when small, so that neighbors differ; no leading zero below 1.
 * @param {number} value
 * @returns {string}
 */
export function distance(value) {
  if (!Number.isFinite(value)) return '';
  const size = Math.abs(value);
  if (size >= 10000 || (size > 0 && size < 0.0005)) return power(value, 1);
  const text = size >= 1000 ? count(size) : size.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
  return (value < 0 ? MINUS : '') + text.replace(/^0\./, '.');
}

/**
 * Distances of one column of a list: as many decimals for all as its largest needs, or powers for very small ones, where a
 * stored zero may stand for less than the report keeps.
 * @param {number[]} values
 * @returns {(value: number) => string}
 */
export function distancesLike(values) {
  const largest = Math.max(...values.filter(Number.isFinite).map(Math.abs), 0);
  if (largest > 0 && largest < 0.005) return (value) => (value === 0 ? '≈ 0' : Number.isFinite(value) ? power(value, 1) : '');
  if (largest >= 10000) return distance;
  const decimals = largest >= 100 ? 0 : largest >= 10 ? 1 : largest >= 1 ? 2 : 3;
  return (value) => (Number.isFinite(value) ? plain(value, decimals) : '');
}

function plain(value, decimals) {
  const text = Math.abs(value) >= 1000 ? count(Math.abs(value)) : Math.abs(value).toFixed(decimals);
  const sign = value < 0 && Number(text.replaceAll(',', '')) !== 0 ? MINUS : '';
  return sign + text.replace(/^0\./, '.');
}

/**
 * Any number of the data, short and readable.
 * @param {number} value
 * @returns {string} "" for a value that is not finite
 */
export function number(value) {
  if (!Number.isFinite(value)) return '';
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e9)) return power(value, 2);
  if (Number.isInteger(value)) return count(value);
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3;
  const text = size >= 1000 ? count(size) : size.toFixed(digits).replace(/\.?0+$/, '');
  return (value < 0 ? MINUS : '') + text;
}

/**
 * @param {string[]} names
 * @returns {string} "a", "a and b", "a, b and c"
 */
export function listed(names) {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

/**
 * @param {string} text
 * @param {number} length most characters to keep
 * @returns {string} cut with an ellipsis, never inside a surrogate pair
 */
export function shorten(text, length) {
  if (text.length <= length) return text;
  const characters = Array.from(text);
  return characters.length <= length
    ? text
    : `${characters
        .slice(0, length - 1)
        .join('')
        .trimEnd()}…`;
}

function power(value, digits) {
  const [mantissa, exponent] = value.toExponential(digits).split('e');
  const raised = exponent.replace('+', '').replace('-', MINUS);
  return `${mantissa.replace('-', MINUS)}e${raised}`;
}
