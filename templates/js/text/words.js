/** The sentences of the page. All counts are given as numbers, all quoted words as the data spells them. */

import { count, counted, percent, shorten } from './format.js';

/** @param {string} text */
export const quoted = (text) => `“${text}”`;

/** Said in place of a value that is not there. */
export const MISSING = 'missing';

/** Said in place of text that nobody could see. */
export const BLANK = 'blank';

/** @param {string} text */
export const isBlank = (text) => /^[\s\p{Cc}\p{Cf}]*$/u.test(text);

/**
 * @param {string} text
 * @returns {string} the text, or the word for one that cannot be seen
 */
export const named = (text) => (isBlank(text) ? BLANK : text);

/**
 * @param {number} row row of the source tensor
 * @returns {string}
 */
export function rowName(row) {
  return `row ${count(row)}`;
}

/**
 * @param {string} query
 * @param {string[]} columns names of the searched columns
 * @param {string|null} column the one searched, null for all
 * @returns {string}
 */
export function nothingFound(query, columns, column) {
  if (column !== null) return `No ${column} contains ${quoted(query)}`;
  return columns.length ? `No label contains ${quoted(query)}` : `No row number contains ${quoted(query)}`;
}

/** @param {string[]} columns */
export function searchedIn(columns) {
  return columns.length ? `Searched: ${columns.join(', ')}.` : 'No metadata: points are named by their row.';
}

/**
 * @param {string} pattern
 * @param {string} reason the engine's own words
 * @returns {string}
 */
export function notAPattern(pattern, reason) {
  const said = reason
    .replace(/^Invalid regular expression:\s*/i, '')
    .replace(/^\/.*\/[a-z]*:\s*/s, '')
    .trim();
  return `Not a pattern: ${quoted(pattern)} ${PATTERN_FAULTS.find(([fault]) => fault.test(said))?.[1] ?? 'cannot be read'}.`;
}

const PATTERN_FAULTS = [
  [/unterminated group|missing \)|missing closing parenthesis/i, 'lacks a closing parenthesis'],
  [/unmatched '?\)|unmatched parenthes|unexpected parenthesis/i, 'has a closing parenthesis too many'],
  [/unterminated character class|missing terminating \]/i, 'lacks a closing bracket'],
  [/nothing to repeat|quantifier/i, 'repeats nothing: a character or group must stand before *, +, ? or {'],
  [/\\ at end|trailing backslash/i, 'ends with a backslash'],
  [/out of order|range/i, 'has a range that runs backward'],
  [/capture group name|named reference/i, 'has a group name that cannot be used'],
  [/property name/i, 'names a property that is not known'],
  [/escape/i, 'has an escape that is not known'],
  [/lone quantifier|incomplete quantifier/i, 'has a brace that is not closed'],
];

/**
 * @param {string} pattern
 * @param {number} seconds
 */
export function tooSlow(pattern, seconds) {
  return `${quoted(pattern)} was stopped after ${counted(seconds, 'second')}. A pattern with fewer nested repeats is faster.`;
}

/** Said where no worker can be started, so that a pattern could not be stopped. */
export const NO_WORKER =
  'This browser does not start workers for a file, so patterns cannot be searched. Plain text can.';

/** @param {number} points */
export function unpacking(points) {
  return `Unpacking ${counted(points, 'point')}.`;
}

/** @param {number} share of the ten nearest */
export function keepsTooltip(share) {
  return `Of each point’s 10 nearest neighbors in the original space, ${percent(share)} are among its 10 nearest here.`;
}

/** @param {number} recall share of the true neighbors that were found */
export function approximate(recall) {
  return `Approximate: ${percent(recall)} of the true neighbors were found.`;
}

/** @param {import('../state/suspicion.js').Suspicion} found */
export function suspicion({ column, label, votes, of }) {
  return `${count(votes)} of ${count(of)} neighbors are ${shorten(named(label), 60)} (${shorten(named(column), 40)} to check)`;
}

/**
 * @param {{count: number|null, beyond: boolean}} kept how many are neighbors in the data and in the picture, null where rows that tie
 *   beyond the list leave that open; `beyond`: such rows are among them
 * @param {number} of
 */
export function alsoNear({ count: kept, beyond }, of) {
  const more = 'more rows are about as near as the last one listed';
  if (kept === null) return `also a neighbor in this picture; how many are is open, as ${more}`;
  if (!beyond) return `also a neighbor in this picture: ${count(kept)} of ${count(of)}`;
  return `${count(kept)} of the ${count(of)} nearest in this picture are neighbors in the data too; ${more}`;
}

/**
 * @param {{name: string, count: number}[]} parts classes with their counts, most frequent first
 * @returns {string} "600 Ankle boot, 114 Sneaker and 3 other classes"
 */
export function splitSentence(parts) {
  const shown = parts.slice(0, 3).map((part) => `${count(part.count)}\u00a0${shorten(named(part.name), 30)}`);
  const left = parts.length - shown.length;
  if (left > 0) return `${shown.join(', ')} and ${counted(left, 'other class', 'other classes')}`;
  return shown.join(', ');
}

/**
 * @param {{method: string, dims: number, variant?: string|null}} projection
 * @param {number} points
 * @param {string|null} by
 */
export function pictureName(projection, points, by) {
  const colored = by === null ? '' : `, colored by ${by}`;
  const variant = projection.variant ? `, ${projection.variant}` : '';
  return `${methodName(projection.method)} ${projection.dims}D${variant}, ${counted(points, 'point')}${colored}`;
}

/**
 * @param {{name: string, method: string, dims: number}} projection
 * @returns {string} "t-SNE 3D", "PCA 3D, spherized"
 */
export function projectionWords({ name, method, dims }) {
  const words = `${methodName(method)} ${Math.min(3, dims)}D`;
  return name.startsWith('pca-') ? `${words}, ${name.slice(4)}` : words;
}

/**
 * What a figure of single points says, for its legend.
 * @param {string} name such as "neighbors_kept_10@tsne3d"
 * @param {string} [metric] of the neighbors
 * @returns {string} "" for one that says it by its title
 */
export function aboutFigure(name, metric = '') {
  const [, stem, k, column] = /^(?:figure:)?([a-z_]+?)(?:_(\d+))?(?:$|@|:(.*))/s.exec(name) ?? [];
  return Object.hasOwn(FIGURES, stem ?? '') ? FIGURES[stem](k, column, metric) : '';
}

const FIGURES = {
  neighbors_kept: (k) => `of a point’s ${k} nearest neighbors, those among its ${k} nearest here`,
  trustworthiness: (k) => `lower where strangers stand among the ${k} nearest here`,
  continuity: (k) => `lower where some of the ${k} nearest neighbors stand far off here`,
  label_agreement: (k, column) => `of its ${k} nearest neighbors, those that share its ${shorten(named(column ?? ''), 40)}`,
  hubness: (k) => `how many points have it among their ${k} nearest`,
  neighbor_distance: (k, _, metric) => `${metric} distance to the ${k}th nearest other point`.trim(),
  outlier_factor: () => 'about 1 for a point like its neighbors, more for one that is farther off than they are',
  equal_rows: () => 'how many other points have exactly its values',
  near_duplicates: () => 'how many other points have almost exactly its values',
  suspected_label: (k, column) => `of its ${k} nearest neighbors, those with one other ${shorten(named(column ?? ''), 40)}, where nearly all have it`,
  norm: () => 'of the vector, as it was read',
};

/** @param {string} method */
export function methodName(method) {
  return { pca: 'PCA', tsne: 't-SNE', umap: 'UMAP', custom: 'Custom', saved: 'Saved view' }[method] ?? method;
}
