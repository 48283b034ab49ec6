/** How a set of points divides among the classes: a thin bar and a sentence. */

import { classOfPoint } from '../color/coloring.js';
import { splitSentence } from '../text/words.js';
import { make } from './dom.js';
import { classHues } from './point_row.js';

/**
 * @param {object} coloring
 * @param {ArrayLike<number>} indices stored indices
 * @returns {{name: string, count: number, one: object}[]} classes with members, most first
 */
export function splitByClass(coloring, indices) {
  if (coloring.kind !== 'classes') return [];
  const counts = new Uint32Array(coloring.classes.length);
  for (let n = 0; n < indices.length; n += 1) counts[classOfPoint(coloring, indices[n])] += 1;
  const parts = coloring.classes.map((one, at) => ({ name: one.name, count: counts[at], one }));
  return parts.filter((part) => part.count > 0).sort((a, b) => b.count - a.count);
}

/**
 * @param {Document} document
 * @param {object} coloring
 * @param {ArrayLike<number>} indices
 * @returns {HTMLElement[]} empty when the points have no classes
 */
export function splitBar(document, coloring, indices) {
  const parts = splitByClass(coloring, indices);
  if (parts.length === 0) return [];
  const bar = parts.map(({ one, count }) =>
    make(document, 'i.k', { style: { ...classHues(one), flex: String(count) } }),
  );
  return [
    make(document, 'p.split', { 'aria-hidden': 'true' }, bar),
    make(document, 'p.quiet', { text: splitSentence(parts) }),
  ];
}
