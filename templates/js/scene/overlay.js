/**
 * The layer above the points: rings, neighbors, labels, class names, axes and image tiles, on a 2D canvas.
 *
 * @typedef {{paper: string, ink: string, ink3: string, line: string, accent: string, font: string}} Theme
 */

import { axisLines, paintAxisLines, paintAxisNames, paintTriad } from './axes.js';
import { createClassPainter } from './class_painter.js';
import { paintLabels, paintMarks } from './point_marks.js';
import { paintPolylines } from './polylines.js';
import { createRuler } from './text.js';
import { createTilePainter } from './tile_painter.js';

const MOST_LIT_BOXES = 300;
const LIT_HALF = 5;
const MARK_GAP = 2;

const DEFAULTS = {
  selected: [], hovered: -1, focused: -1, neighbors: [], named: [], labels: true, hoverLabel: false,
  classes: null, lines: null, axes: null, triad: true, tiles: null, reserved: [], clip: null, small: false,
};

function fit(canvas, pen, { width, height }, ratio) {
  const wide = Math.round(width * ratio), high = Math.round(height * ratio);
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
}

const boxAround = ({ x, y }, half) => [x - half, y - half, 2 * half, 2 * half];

/** What labels stay clear of: panels, marks, and lit points unless they are a crowd. */
function takenBoxes({ renderer, reserved }, marks) {
  const lit = renderer.litPoints();
  const crowd = lit.length <= MOST_LIT_BOXES ? [...lit].flatMap((i) => renderer.place(i) ?? []) : [];
  const marked = [...marks.values()].map((mark) => boxAround(mark, mark.radius + MARK_GAP));
  return [...reserved, ...marked, ...crowd.map((at) => boxAround(at, LIT_HALF))];
}

function triadCorner({ triad, small }, view) {
  if (typeof triad === 'object') return triad;
  return small ? { x: 34, y: view.height - 34 } : { x: 44, y: view.height - 112 };
}

/**
 * @param {{canvas: HTMLCanvasElement, underlay?: HTMLCanvasElement|null, pixelRatio: number}} given underlay lies below the points
 *   and takes the axis lines; without one they are drawn above.
 * @returns {{paint: (scene: object) => {tiles: Set<number>}, clear: () => void}} paint's argument: renderer, theme, hue(i), label(i),
 *   and any of DEFAULTS.
 */
export function createOverlay({ canvas, underlay = null, pixelRatio }) {
  const pen = canvas.getContext('2d'), below = underlay?.getContext('2d') ?? null, ratio = Math.min(2, pixelRatio);
  const ruler = createRuler(), paintTiles = createTilePainter(canvas.ownerDocument, ratio), paintClasses = createClassPainter(ruler);

  function paintAxes(scene, view) {
    const { renderer, axes, triad, theme } = scene;
    if (below) fit(underlay, below, view, ratio);
    if (!axes && triad && !renderer.flat) paintTriad(pen, renderer.camera, triadCorner(scene, view), theme.ink3);
    const lines = axes ? axisLines(axes, renderer.reach(), renderer.project) : [];
    paintAxisLines(below ?? pen, lines, theme.line);
    return lines;
  }

  function paint(given) {
    const scene = { ...DEFAULTS, ...given, neighbors: [...(given.neighbors ?? [])] }, { renderer, theme } = scene, view = renderer.view;
    const bounds = scene.clip ?? { left: 0, top: 0, right: view.width, bottom: view.height };
    fit(canvas, pen, view, ratio);
    pen.save();
    pen.beginPath();
    pen.rect(bounds.left, bounds.top, bounds.right - bounds.left, bounds.bottom - bounds.top);
    pen.clip();
    const lines = paintAxes(scene, view);
    paintPolylines(pen, scene);
    const tiles = paintTiles(pen, scene, bounds), marks = paintMarks(pen, scene);
    const taken = takenBoxes(scene, marks);
    paintAxisNames(pen, lines, theme, ruler, taken, bounds);
    paintLabels(pen, ruler, scene, marks, taken, bounds);
    if (scene.classes && !scene.tiles) paintClasses(pen, scene, taken, bounds);
    pen.restore();
    return { tiles };
  }

  function clear() {
    for (const [layer, brush] of [[canvas, pen], [underlay, below]]) {
      brush?.setTransform(1, 0, 0, 1, 0, 0);
      brush?.clearRect(0, 0, layer.width, layer.height);
    }
  }

  return { paint, clear };
}
