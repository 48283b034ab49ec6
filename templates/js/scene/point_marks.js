/** Selected, hovered and neighboring points: their rings, dots, lines and labels. */

import { placeLabel } from './labels.js';
import { dot, GAP, line, ring } from './marks.js';
import { shortened, write } from './text.js';

const SELECTED = 8;
const HOVERED = 7;
const RING = 2;
const DOT = 4;
const MOST_RINGS = 100;
const MOST_LINES = 30;
const MOST_LABELS = 40;
const MOST_TRIED = 120;
const MOST_KEPT_FREE = 1000;

/** @typedef {{i: number, x: number, y: number, radius: number}} Mark */

/** Marks that are at least as large as the drawn point and what is kept free around it. */
function marksAt(renderer, points, least, around = 0) {
  return points.flatMap((i) => {
    const at = renderer.place(i);
    return at ? [{ i, x: at.x, y: at.y, radius: Math.max(least, renderer.radius(i, at.depth) + around) }] : [];
  });
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {object} scene As overlay.paint takes it.
 * @returns {Map<number, Mark>} The marks by stored index, those labeled first in front.
 */
export function paintMarks(pen, { renderer, theme, hue, selected, hovered, focused, neighbors }) {
  const { ink, paper, accent } = theme, one = (i) => (i >= 0 ? [i] : []);
  const rings = marksAt(renderer, selected.slice(0, MOST_RINGS), SELECTED, GAP), near = marksAt(renderer, neighbors, DOT);
  const pointed = marksAt(renderer, one(hovered), HOVERED, GAP), cursor = marksAt(renderer, one(focused), HOVERED, GAP);
  if (rings.length && rings[0].i === selected[0] && near.length <= MOST_LINES) {
    near.forEach((mark, rank) => line(pen, rings[0], mark, ink, Math.max(0.08, 0.5 - 0.035 * rank)));
  }
  for (const mark of [...near].reverse()) dot(pen, mark, hue(mark.i), paper);
  for (const mark of [...rings].reverse()) ring(pen, mark, ink, paper, hue(mark.i));
  for (const mark of pointed) if (!selected.includes(mark.i)) ring(pen, mark, ink, paper, hue(mark.i));
  for (const mark of cursor) ring(pen, mark, accent, paper, hue(mark.i));
  const marks = new Map();
  const ringed = [...rings, ...pointed, ...cursor].map((mark) => ({ ...mark, radius: mark.radius + RING }));
  for (const mark of [...ringed, ...near]) if (!marks.has(mark.i)) marks.set(mark.i, mark);
  return marks;
}

/** The points to label, first come first placed: selected, hovered, neighbors by rank, named. */
function wordsInOrder({ selected, hovered, hoverLabel, neighbors, named, labels, label }) {
  const strong = new Set([...selected.slice(0, MOST_LABELS), ...(hoverLabel && hovered >= 0 ? [hovered] : [])]);
  const order = [...new Set([...strong, ...(labels ? [...neighbors, ...named] : [])])].slice(0, MOST_TRIED);
  return order.flatMap((i) => {
    const words = shortened(label(i) ?? '');
    return words ? [{ i, words, strong: strong.has(i) }] : [];
  });
}

/** The drawn points, as what labels at rest do not cover; in a crowd a label has to lie on something. */
function pointsToKeepFree(renderer) {
  const mask = renderer.mask(), drawn = [];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] > 0 && drawn.push(i) > MOST_KEPT_FREE) return [];
  }
  return marksAt(renderer, drawn, 1).map(({ i, x, y, radius }) => ({ i, box: [x - radius, y - radius, 2 * radius, 2 * radius] }));
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {(pen: CanvasRenderingContext2D, font: string, words: string) => number} ruler
 * @param {object} scene As overlay.paint takes it.
 * @param {Map<number, Mark>} marks As paintMarks gives them.
 * @param {number[][]} taken Boxes to stay clear of; those of the labels are added.
 * @param {{left: number, top: number, right: number, bottom: number}} bounds
 */
export function paintLabels(pen, ruler, scene, marks, taken, bounds) {
  const { renderer, theme: { ink, paper, font } } = scene;
  const words = wordsInOrder(scene), points = words.every(({ strong }) => strong) ? [] : pointsToKeepFree(renderer);
  let written = 0;
  for (const { i, words: name, strong } of words) {
    const mark = marks.get(i) ?? marksAt(renderer, [i], DOT)[0];
    if (!mark || written === MOST_LABELS) continue;
    const width = ruler(pen, strong ? `600 13px ${font}` : `12px ${font}`, name);
    const others = strong ? [] : points.flatMap((point) => (point.i === i ? [] : [point.box]));
    const spot = placeLabel(mark, width, taken, bounds, others);
    if (!spot) continue;
    written += 1;
    if (spot.leader) line(pen, { x: spot.leader[0], y: spot.leader[1] }, { x: spot.leader[2], y: spot.leader[3] }, ink, 0.4);
    pen.textAlign = 'left';
    write(pen, name, spot.left, spot.middle + 4, { color: ink, paper, halo: 4 });
  }
}
