/** Axis lines with named ends where they mean something, and elsewhere a small triad that shows the turn. */

import { lensOf } from './camera.js';
import { line, disc } from './marks.js';
import { write } from './text.js';

const TRIAD = 18;
const BEYOND = 0.03;

/**
 * @param {{names: string[], origin?: number[]}} axes Two names in flat pictures, three otherwise; origin: where the data's zero
 *   lies, in normalised units.
 * @param {number[][]} reach Lowest and highest position of the points on each axis.
 * @param {(x: number, y: number, z: number) => {x: number, y: number}|null} project
 * @returns {{name: string, low: {x: number, y: number}, high: {x: number, y: number}, end: {x: number, y: number}}[]} Axes through
 *   the origin, as long as the cloud; without those whose ends cannot be seen.
 */
export function axisLines({ names, origin = [0, 0, 0] }, reach, project) {
  return names.flatMap((name, axis) => {
    const at = (value) => project(...origin.map((o, k) => (k === axis ? value : o)));
    const [least, most] = reach[axis];
    const low = at(Math.min(least, origin[axis])), high = at(Math.max(most, origin[axis])), end = at(Math.max(most, origin[axis]) + BEYOND);
    return low && high && end ? [{ name, low, high, end }] : [];
  });
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {ReturnType<typeof axisLines>} lines
 * @param {string} color
 */
export function paintAxisLines(pen, lines, color) {
  for (const { low, high } of lines) line(pen, low, high, color, 1);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {ReturnType<typeof axisLines>} lines
 * @param {{ink3: string, paper: string, font: string}} theme
 * @param {(pen: CanvasRenderingContext2D, font: string, words: string) => number} ruler
 * @param {number[][]} taken The words' boxes are added.
 * @param {{left: number, top: number, right: number, bottom: number}} bounds Names of ends just outside move in; farther out they go.
 */
export function paintAxisNames(pen, lines, theme, ruler, taken, bounds) {
  for (const { name, end } of lines) {
    const half = ruler(pen, `12px ${theme.font}`, name) / 2 + 4;
    const x = Math.max(bounds.left + half, Math.min(bounds.right - half, end.x));
    const y = Math.max(bounds.top + 10, Math.min(bounds.bottom - 10, end.y));
    if (Math.hypot(x - end.x, y - end.y) > 80) continue;
    taken.push([x - half, y - 9, 2 * half, 18]);
    pen.textAlign = 'center';
    write(pen, name, x, y + 4, { color: theme.ink3, paper: theme.paper, halo: 4 });
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {import('./camera.js').Camera} camera
 * @param {{x: number, y: number}} corner
 * @param {string} color
 */
export function paintTriad(pen, camera, corner, color) {
  const { right, up } = lensOf({ ...camera, zoom: 1 }, { width: 1, height: 1, cx: 0, cy: 0, scale: 1 }, 0);
  for (let axis = 0; axis < 3; axis++) {
    const end = { x: corner.x + TRIAD * right[axis], y: corner.y - TRIAD * up[axis] };
    line(pen, corner, end, color, 1);
    disc(pen, end, 1.5, color);
  }
}
