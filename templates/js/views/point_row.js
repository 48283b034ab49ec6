/** One point as a row of a list: thumbnail, label, what else there is to say. */

import { classHue, classOfPoint, hueOf } from '../color/coloring.js';
import { hexOf } from '../color/palette.js';
import { isInPage } from '../state/presence.js';
import { isBlank } from '../text/words.js';
import { cellText, make, marked, oneLine } from './dom.js';
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
 * The value a point is colored by: as its cell spells it, or the figure in words.
 * @param {Document} document
 * @param {import('../color/coloring.js').Coloring} coloring
 * @param {string|null} labelBy
 * @param {number} i
 * @returns {Node[]|null} null when nothing colors the points, or what labels them does
 */
export function pointValue(document, coloring, labelBy, i) {
  if (coloring.by === null || coloring.by === labelBy) return null;
  const said = coloring.said(i);
  const parts = [cellText(document, said === null ? null : oneLine(said))];
  const title = coloring.figure ? `${coloring.title}: ` : `${coloring.title} `;
  return coloring.kind === 'scale' && said !== null ? [title, ...parts] : parts;
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
  const labelPlace = query && !isBlank(label) ? query.place(i, dataset.place(labelBy)) : null;
  const words = labelPlace ? marked(document, label, labelPlace) : [cellText(document, oneLine(label))];
  const aside = query ? beside(app, i, query, labelPlace !== null) : [];
  return make(document, 'li', { title: label.length > 28 ? label : null }, [
    thumbnail(document, thumbnails, i, 28, dataset.embedding.sprite?.smooth ?? true) ??
      (coloring.by === null || !isInPage(dataset.embedding, i) ? null : pointMark(document, coloring, i)),
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
    const words = isBlank(cell) ? [cellText(document, cell)] : marked(document, cell, query.place(i, column));
    return [make(document, 'small', { title: dataset.named[column] }, words)];
  }
  const value = pointValue(document, coloring, app.store.get().labelBy, i);
  return value === null ? [] : [make(document, 'small', {}, value)];
}
