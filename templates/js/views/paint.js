/** What the overlay is told to paint: rings, labels, class names, axes, image tiles. */

import { hueOf } from '../color/coloring.js';
import { hexOf } from '../color/palette.js';
import { percent, shorten } from '../text/format.js';
import { named } from '../text/words.js';
import { shownProjection } from './projections.js';

const NAMED = 40;
const NAMED_SMALL = 18;
const SMALL = 480;
const TRIED = 400;

/**
 * The colors and the face of the page, as the overlay needs them.
 * @param {Window} window
 * @param {Element} root
 */
export function overlayTheme(window, root) {
  const style = window.getComputedStyle(root);
  const token = (name) => style.getPropertyValue(name).trim();
  return {
    paper: token('--paper'),
    ink: token('--ink'),
    ink3: token('--ink3'),
    line: token('--line'),
    accent: token('--accent'),
    font: token('--face'),
  };
}

/**
 * @param {object} coloring
 * @param {"light"|"dark"} theme
 * @returns {(i: number) => string} css color of a point
 */
export function cssHues(coloring, theme) {
  const hue = hueOf(coloring, theme);
  const made = new Map();
  return (i) => {
    const color = hue(i);
    if (!made.has(color)) made.set(color, hexOf(color));
    return made.get(color);
  };
}

/**
 * @param {object} state
 * @param {object} derived
 * @returns {{codes: ArrayLike<number>, names: (string|null)[], lit: null}|null} null where the picture names no classes
 */
export function classNames(state, { coloring }) {
  if (coloring.kind !== 'classes' || state.selection.length || state.images || !state.labels) return null;
  return { codes: coloring.classIndex, names: namesOf(coloring), lit: null };
}

const remembered = new WeakMap();

/** The same array for the same coloring, so that the overlay can keep what it worked out. */
function namesOf(coloring) {
  if (!remembered.has(coloring)) {
    remembered.set(
      coloring,
      coloring.classes.map((one) => (one.mark === 'dot' || one.mark === 'ring' ? shorten(named(one.name), 24) : null)),
    );
  }
  return remembered.get(coloring);
}

/**
 * Points to name where there is room: what the search found, or, without classes to name, a fair sample.
 * @param {object} state
 * @param {object} derived
 * @param {{renderer: object, bounds: {left: number, top: number, right: number, bottom: number}}} scene
 * @returns {number[]} stored indices
 */
export function namedPoints(state, { coloring, dataset, matches, hoverClass }, { renderer, bounds }) {
  if (!state.labels || state.images || state.selection.length || hoverClass >= 0) return [];
  const found = matches && matches.indices.length > 0;
  if (found && (coloring.kind !== 'classes' || matches.indices.length <= NAMED))
    return inside(Array.from(matches.indices.subarray(0, TRIED)), renderer, bounds);
  if (found || coloring.kind === 'classes' || !tellsApart(dataset.embedding, state.labelBy)) return [];
  const { rows, stride } = dataset.embedding;
  return inside(
    Array.from({ length: Math.min(TRIED, rows) }, (_, n) => (n * stride) % rows),
    renderer,
    bounds,
  );
}

/** Whether most points have a label of their own; others would only repeat themselves. */
function tellsApart({ columns, rows }, labelBy) {
  const column = columns.find((one) => one.name === labelBy);
  return Boolean(column) && column.kind !== 'number' && column.distinct > rows / 2;
}

function inside(indices, renderer, { left, top, right, bottom }) {
  const kept = [];
  const most = right - left < SMALL ? NAMED_SMALL : NAMED;
  for (const i of indices) {
    const at = renderer.place(i);
    if (at && at.x > left && at.x < right && at.y > top && at.y < bottom) kept.push(i);
    if (kept.length === most) break;
  }
  return kept;
}

/**
 * Named axes for PCA; other projections have none that mean anything.
 * @param {object} embedding
 * @param {object} state
 * @param {{mid: number[], half: number}} placed
 * @returns {{names: string[], origin: number[]}|null}
 */
export function namedAxes(embedding, state, { mid, half }) {
  const { projection, method } = shownProjection(embedding, state);
  if (method !== 'pca' || embedding.finite === 0) return null;
  const names = state.components.map((one) =>
    projection.variance ? `PC ${one}, ${percent(projection.variance[one - 1] ?? 0)}` : `PC ${one}`,
  );
  return { names, origin: mid.map((value) => -value / half) };
}
