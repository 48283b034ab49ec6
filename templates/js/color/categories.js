/** Which classes a column has in the legend: ten dots, ten rings, then "other"; missing comes last. */

export const DOTS = 10;
export const MOST = 20;

/**
 * @typedef {object} Class
 * @property {string|null|true} key the value; null for missing, true for all other values together
 * @property {string} name as the legend says it
 * @property {number} count rows
 * @property {number} hue place in the palette; -1 for missing and other
 * @property {"dot"|"ring"|"other"|"missing"} mark
 */

/**
 * @param {{values: string[], counts: ArrayLike<number>, missing: number}} column values most frequent first
 * @param {{other: (values: number) => string, missing: string}} words
 * @returns {{classes: Class[], classOf: (code: number) => number}} `classOf` maps a value's code to its class;
 *   codes past the last value are missing
 */
export function planClasses({ values, counts, missing }, words) {
  const named = values.length > MOST ? MOST - 1 : values.length;
  const classes = values.slice(0, named).map((value, i) => ({
    key: value,
    name: value,
    count: counts[i],
    hue: i % DOTS,
    mark: i < DOTS ? 'dot' : 'ring',
  }));
  if (named < values.length) {
    let count = 0;
    for (let i = named; i < values.length; i += 1) count += counts[i];
    classes.push({ key: true, name: words.other(values.length - named), count, hue: -1, mark: 'other' });
  }
  const other = named < values.length ? named : -1;
  const none = classes.length;
  if (missing > 0) classes.push({ key: null, name: words.missing, count: missing, hue: -1, mark: 'missing' });
  const classOf = (code) => (code < named ? code : code < values.length ? other : none);
  return { classes, classOf };
}

/**
 * A click in the legend: alone it shows one class only, and all again when it was the only one;
 * with `add` it shows or hides that class beside the others.
 * @param {Class[]} classes
 * @param {(string|null|true)[]} hidden
 * @param {string|null|true} key the class clicked
 * @param {boolean} add
 * @returns {(string|null|true)[]} the classes hidden afterwards, in the legend's order
 */
export function toggleClass(classes, hidden, key, add) {
  const keys = classes.map((one) => one.key);
  const shown = new Set(keys.filter((one) => !hidden.includes(one)));
  if (add && shown.size < keys.length) {
    if (shown.has(key)) shown.delete(key);
    else shown.add(key);
  } else if (add) shown.delete(key);
  else if (shown.size === 1 && shown.has(key)) return [];
  else return keys.filter((one) => one !== key);
  return shown.size === 0 ? [] : keys.filter((one) => !shown.has(one));
}
