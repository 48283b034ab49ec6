/** Which rows are drawn at present: not those that are isolated away, of hidden classes, or without a place. */

import { backTo, isolate } from './moves.js';
import { visibleMask } from './masks.js';
import { counted, shorten } from '../text/format.js';
import { named } from '../text/words.js';

/**
 * @param {{isolated: number[]|null, hidden: (string|null|true)[]}} state
 * @param {{dataset: object, coloring: object}} derived
 * @returns {Uint8Array|null} 1 for points that are drawn; null when none is taken away
 */
export function shownMask({ isolated, hidden }, { dataset, coloring }) {
  const count = dataset.embedding.rows;
  return visibleMask({ count, isolated: isolated && dataset.indices(isolated), hidden, coloring });
}

/**
 * @param {object} state
 * @param {{dataset: object, coloring: object, placed: object|null}} derived
 * @returns {number|null} points drawn, null when none is taken away by isolation or the legend
 */
export function shownCount(state, { dataset, coloring, placed }) {
  const mask = shownMask(state, { dataset, coloring });
  if (mask === null) return null;
  let total = 0;
  for (let i = 0; i < mask.length; i += 1) if (mask[i] === 1 && hasPlace(dataset, placed, i)) total += 1;
  return total;
}

/**
 * How many points of every class are in the picture, hidden ones too, as the legend says it.
 * @param {{isolated: number[]|null}} state
 * @param {{dataset: object, coloring: object, placed: object|null}} derived
 * @returns {{counts: Uint32Array|null, unplaced: number}} counts: null where they are those of all rows; `unplaced`: rows
 *   with values that the picture has no place for
 */
export function classCounts({ isolated }, { dataset, coloring, placed }) {
  const { finite } = dataset.embedding;
  let unplaced = 0;
  if (placed) for (let i = 0; i < finite; i += 1) if (Number.isNaN(placed.xyz[3 * i])) unplaced += 1;
  if ((isolated === null && unplaced === 0) || coloring.classIndex === null) return { counts: null, unplaced };
  const counts = new Uint32Array(256);
  const rows = isolated === null ? null : dataset.indices(isolated);
  const total = rows === null ? finite : rows.length;
  for (let n = 0; n < total; n += 1) {
    const i = rows === null ? n : rows[n];
    if (hasPlace(dataset, placed, i)) counts[coloring.classIndex[i]] += 1;
  }
  return { counts, unplaced };
}

function hasPlace({ embedding }, placed, i) {
  return i < embedding.finite && !(placed && Number.isNaN(placed.xyz[3 * i]));
}

/**
 * Isolates what of some rows is drawn. Where none is, they are shown alone, from all rows and all classes.
 * @param {object} state
 * @param {{dataset: object, coloring: object, placed: object|null}} derived
 * @param {Iterable<number>} rows
 * @param {string} label
 * @returns {object} a patch; empty when none of the rows has a place
 */
export function isolateShown(state, derived, rows, label) {
  const { dataset, placed } = derived;
  const mask = shownMask(state, derived);
  const placeable = [...rows].filter((row) => hasPlace(dataset, placed, dataset.indexOf(row)));
  const drawn = placeable.filter((row) => mask === null || mask[dataset.indexOf(row)] === 1);
  if (drawn.length > 0) return isolate(state, drawn, label);
  return { ...(isolate({ trail: [] }, placeable, label) ?? {}), ...(placeable.length ? { hidden: [] } : {}) };
}

/**
 * @param {object} state
 * @param {number} step 0 for all rows, 1 for the first isolation
 * @returns {object} back to that step, with all classes; the camera stays where only classes come back
 */
export function showAgain(state, step) {
  return { ...(step === state.trail.length ? {} : backTo(state, step)), hidden: [] };
}

/**
 * @param {object} state
 * @param {{dataset: object, coloring: object, placed: object|null}} derived
 * @param {number} points all there are
 * @returns {{label: string, points: number}[]} what is shown, from all points to those drawn; one entry when nothing is taken away
 */
export function shownSteps(state, derived, points) {
  const steps = [{ label: 'All', points }, ...state.trail.map(({ label, rows }) => ({ label, points: rows.length }))];
  const { dataset, coloring } = derived;
  if (state.hidden.length === 0 || !dataset || !coloring) return steps;
  const drawn = shownCount(state, derived);
  if (state.trail.length > 0 && drawn === steps[steps.length - 1].points) return steps;
  const left = coloring.classes.filter((one) => !state.hidden.includes(one.key));
  const label = left.length === 1 ? shorten(named(left[0].name), 24) : counted(left.length, 'class', 'classes');
  return [...steps, { label, points: drawn }];
}
