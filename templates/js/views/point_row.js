/** One point as a row of a list: thumbnail, label, what else there is to say. */

import { classHue, classOfPoint, hueOf } from '../color/coloring.js';
import { hexOf } from '../color/palette.js';
import { number } from '../text/format.js';
import { MISSING } from '../text/words.js';
import { make, marked, oneLine } from './dom.js';
import { thumbnail } from './thumbnail.js';

/**
 * Both hues of a point as custom properties, so that a change of theme needs no new element.
 * @param {object} coloring
 * @param {number} i
 * @returns {Record<string, string>}
 */
export function pointHues(coloring, i) {
  return { '--kl': hexOf(hueOf(coloring, 'light')(i)), '--kd': hexOf(hueOf(coloring, 'dark')(i)) };
}

/**
 * @param {import('../color/categories.js').Class} one
 * @returns {Record<string, string>}
 */
export function classHues(one) {
  return { '--kl': hexOf(classHue(one, 'light')), '--kd': hexOf(classHue(one, 'dark')) };
}

/**
 * The colored mark of a point, as in the legend.
 * @param {Document} document
 * @param {object} coloring
 * @param {number} i
 */
export function pointMark(document, coloring, i) {
  const own = classOfPoint(coloring, i);
  const mark = own < 0 ? 'dot' : coloring.classes[own].mark;
  return make(document, `i.mark.k.${mark}`, { style: pointHues(coloring, i) });
}

/**
 * The value a point is colored by.
 * @param {object} dataset
 * @param {object} coloring
 * @param {number} i
 * @returns {string|null} null when nothing colors the points
 */
export function pointValue(dataset, coloring, i) {
  if (coloring.by === null) return null;
  const cell = dataset.cell(i, coloring.by);
  if (cell === null) return MISSING;
  return coloring.kind === 'scale'
    ? `${coloring.by} ${number(dataset.columns[dataset.place(coloring.by)].number(i))}`
    : oneLine(cell);
}

/**
 * @param {object} app
 * @param {number} i stored index
 * @param {{query?: object|null, extra?: Node[]}} [options] `query`: matches whose place is marked
 * @returns {HTMLElement} an <li>
 */
export function pointRow(app, i, { query = null, extra = [] } = {}) {
  const { document } = app;
  const { dataset, coloring, thumbnails } = app.derived.get();
  const { labelBy } = app.store.get();
  const label = dataset.label(i, labelBy);
  const labelPlace = query ? query.place(i, dataset.place(labelBy)) : null;
  const words = labelPlace ? marked(document, label, labelPlace) : [document.createTextNode(oneLine(label))];
  const aside = query ? beside(app, i, query, labelPlace !== null) : [];
  return make(document, 'li', { title: label.length > 28 ? label : null }, [
    thumbnail(document, thumbnails, i, 28, dataset.embedding.sprite?.smooth ?? true) ??
      (coloring.by === null ? null : pointMark(document, coloring, i)),
    make(document, 'span', {}, words),
    ...aside,
    ...extra,
  ]);
}

/** What stands at the end of a match: the other cell that matches, else the value that colors the point. */
function beside(app, i, query, inLabel) {
  const { document } = app;
  const { dataset, coloring } = app.derived.get();
  const column = inLabel ? -1 : query.matched(i);
  if (column >= 0 && dataset.columns[column]) {
    const cell = dataset.columns[column].cell(i) ?? '';
    return [make(document, 'small', { title: dataset.named[column] }, marked(document, cell, query.place(i, column)))];
  }
  const value = coloring.by === app.store.get().labelBy ? null : pointValue(dataset, coloring, i);
  return value === null ? [] : [make(document, 'small', { text: value })];
}
