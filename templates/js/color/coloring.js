/** From a column to one color per point: what the legend shows and what the renderer is given. */

import { planClasses } from './categories.js';
import { PALETTES } from './palette.js';
import { colorAt, planScale } from './scale.js';
import { count, number, percent, percentTenths } from '../text/format.js';

const SHAPES = { ring: 1, missing: 2 };
const WORDS = { other: (values) => `other, ${count(values)} values`, missing: 'missing' };

const FORMATS = { share: percent, count };
const NO_WORDS = { title: null, said: () => null, ends: ({ low, high }) => [number(low), number(high)] };
/** Shares that are near 1 in every picture worth a look: what differs lies above 90 %. */
const NEAR_ONE = /^(?:figure:)?(?:trustworthiness|continuity)_/;
const LEAST_NEAR_ONE = 0.9;
/** Figures of which a few large values are what one looks for. */
const SOUGHT = /^(?:figure:)?(?:suspected_label|equal_rows|near_duplicates|outlier_factor)(?:_|$)/;
const RANKS = 7;

/**
 * @typedef {object} Coloring
 * @property {"one"|"classes"|"scale"} kind
 * @property {string|null} by name of the column or figure
 * @property {boolean} [figure] colored by a figure, not by a column
 * @property {boolean} [sought] points with large values are to be seen before all others
 * @property {string|null} title what colors the points, in words
 * @property {string|null} [asked] what was asked for; a column of text colors nothing
 * @property {(i: number) => string|null} said the value of a point in words, null where it is missing
 * @property {(scale: object) => [string, string]} ends of the scale in words
 * @property {import('./categories.js').Class[]} classes of a scale: only "missing", when there are any
 * @property {Uint8Array|null} classIndex class of every point, null for kind "one"; of a scale 255 marks a present value
 * @property {ReturnType<typeof planScale>} scale
 * @property {Float32Array|null} places 0 to 1 on the scale, NaN when missing
 */

/**
 * @param {string|null} by
 * @param {object|null} column of the payload; null for one color
 * @param {{rows: number, finite: number}} size the first `finite` stored rows are drawn, and counted
 * @returns {Coloring}
 */
export function planColoring(by, column, { rows, finite }) {
  if (column === null)
    return { ...NO_WORDS, kind: 'one', by: null, classes: [], classIndex: null, scale: null, places: null };
  const words = { ...NO_WORDS, title: by, said: (i) => column.cell(i) };
  if (column.kind !== 'number') return { ...words, ...categories(by, column, rows) };
  const values = Float64Array.from({ length: rows }, (_, i) => column.number(i));
  return { ...words, ...numbers(by, values, finite, null) };
}

/**
 * @param {import('../state/figures.js').Figure} figure
 * @param {Float32Array} values by stored index, NaN where missing
 * @param {{finite: number}} size
 * @returns {Coloring}
 */
export function planFigureColoring({ name, title, unit }, values, { finite }) {
  const nearOne = NEAR_ONE.test(name);
  const format = nearOne ? percentTenths : (FORMATS[unit] ?? number);
  const limits = unit === 'share' ? [nearOne ? LEAST_NEAR_ONE : 0, 1] : null;
  const said = (i) => (Number.isNaN(values[i]) ? null : format(values[i]));
  const ends = (scale) => [`${nearOne ? '≤\u00a0' : ''}${format(scale.low)}`, format(scale.high)];
  return { title, said, ends, figure: true, sought: SOUGHT.test(name), ...numbers(name, values, finite, limits) };
}

function categories(by, column, rows) {
  const missing = column.counts[column.values.length] ?? 0;
  const { classes, classOf } = planClasses({ values: column.values, counts: column.counts, missing }, WORDS);
  const classIndex = new Uint8Array(rows);
  for (let i = 0; i < rows; i += 1) classIndex[i] = classOf(column.codes[i]);
  return { kind: 'classes', by, classes, classIndex, scale: null, places: null };
}

function numbers(by, values, finite, limits) {
  const scale = planScale(values, limits);
  const places = Float32Array.from(values, (value) => (scale ? scale.place(value) : NaN));
  const classIndex = Uint8Array.from(places, (place) => (Number.isNaN(place) ? 0 : 255));
  const missing = classIndex.subarray(0, finite).reduce((total, one) => total + (one === 0 ? 1 : 0), 0);
  const classes = missing ? [{ key: null, name: WORDS.missing, count: missing, hue: -1, mark: 'missing' }] : [];
  return { kind: 'scale', by, classes, classIndex, scale, places };
}

/**
 * @param {Coloring} coloring
 * @param {number} i stored index
 * @returns {number} place of the point's class in the legend, -1 for none
 */
export function classOfPoint(coloring, i) {
  if (coloring.classIndex === null) return -1;
  const index = coloring.classIndex[i];
  return index < coloring.classes.length ? index : -1;
}

/**
 * @param {Coloring} coloring
 * @param {"light"|"dark"} theme
 * @returns {(i: number) => import('./palette.js').Color} the full hue of every point
 */
export function hueOf(coloring, theme) {
  const palette = PALETTES[theme];
  if (coloring.kind === 'one') return () => palette.classes[0];
  if (coloring.kind === 'scale') {
    const steps = Array.from({ length: 256 }, (_, i) => colorAt(palette.sequential, i / 255));
    return (i) => (Number.isNaN(coloring.places[i]) ? palette.edge : steps[Math.round(coloring.places[i] * 255)]);
  }
  const hues = coloring.classes.map((one) => classHue(one, theme));
  return (i) => hues[coloring.classIndex[i]] ?? palette.edge;
}

/**
 * @param {import('./categories.js').Class} one
 * @param {"light"|"dark"} theme
 */
export function classHue(one, theme) {
  const palette = PALETTES[theme];
  if (one.mark === 'missing') return palette.edge;
  return one.mark === 'other' ? palette.other : palette.classes[one.hue];
}

/**
 * Everything the renderer needs to color the points.
 * @param {{coloring: Coloring, theme: "light"|"dark", count: number, visible: Uint8Array|null, lit: Uint8Array|null}} wanted
 *   `visible`: 0 for points that are not drawn, null when all are; `lit` as litMask of state/masks.js gives it
 * @returns {{rgba: Uint8Array, lit: Uint8Array|null, shape: Uint8Array, ranks: Uint8Array|null, paper: import('./palette.js').Color}}
 *   `shape`: 0 disc, 1 ring, 2 missing; `ranks`: higher ones are drawn in front
 */
export function pointStyle({ coloring, theme, count: points, visible, lit }) {
  const hue = hueOf(coloring, theme);
  const rgba = new Uint8Array(points * 4);
  const shape = new Uint8Array(points);
  const shapes = coloring.classes.map((one) => SHAPES[one.mark] ?? 0);
  for (let i = 0; i < points; i += 1) {
    const color = hue(i);
    rgba[4 * i] = color[0];
    rgba[4 * i + 1] = color[1];
    rgba[4 * i + 2] = color[2];
    rgba[4 * i + 3] = visible === null || visible[i] ? 255 : 0;
    const own = classOfPoint(coloring, i);
    if (own >= 0) shape[i] = shapes[own];
  }
  const ranks = coloring.sought ? Uint8Array.from(coloring.places, (place) => Math.ceil((place || 0) * RANKS)) : null;
  return { rgba, lit, shape, ranks, paper: PALETTES[theme].paper };
}
