/** Lines from point to point in the order the data gives, in the hues of the points they join. */

import { LIT } from './point_style.js';

const FEW = 1000;
const STRONGEST = 0.6;
const FAINTEST = 0.2;
const DIMMED = 0.1;
const MOST_MOVING = 6000;

/**
 * @param {number} count segments
 * @returns {number} opacity of a line: the more there are, the fainter
 */
export function lineOpacity(count) {
  return count <= FEW ? STRONGEST : Math.max(FAINTEST, STRONGEST * (FEW / count) ** 0.25);
}

/** Screen coordinates of half segments, four numbers each, by what they are stroked with. */
function collect({ renderer, hue, lines }) {
  const screen = renderer.projectAll(), mask = renderer.mask(), lit = renderer.content?.style?.lit ?? null;
  const step = renderer.busy ? Math.ceil(lines.from.length / MOST_MOVING) : 1;
  const plain = new Map(), dimmed = new Map();
  const add = (layer, color, x0, y0, x1, y1) => {
    if (!layer.has(color)) layer.set(color, []);
    layer.get(color).push(x0, y0, x1, y1);
  };
  for (let k = 0; k < lines.from.length; k += step) {
    const a = lines.from[k], b = lines.to[k];
    const ax = screen[3 * a], ay = screen[3 * a + 1], bx = screen[3 * b], by = screen[3 * b + 1];
    if (!mask[a] || !mask[b] || ax !== ax || bx !== bx) continue;
    const layer = lit && (lit[a] === LIT.dim || lit[b] === LIT.dim) ? dimmed : plain, one = hue(a), other = hue(b);
    if (one === other) { add(layer, one, ax, ay, bx, by); continue; }
    const mx = (ax + bx) / 2, my = (ay + by) / 2;
    add(layer, one, ax, ay, mx, my);
    add(layer, other, mx, my, bx, by);
  }
  return { plain, dimmed };
}

function stroke(pen, layer, alpha) {
  pen.globalAlpha = alpha;
  for (const [color, ends] of layer) {
    pen.strokeStyle = color;
    pen.beginPath();
    for (let k = 0; k < ends.length; k += 4) {
      pen.moveTo(ends[k], ends[k + 1]);
      pen.lineTo(ends[k + 2], ends[k + 3]);
    }
    pen.stroke();
  }
}

/**
 * Each half of a line has the hue of its end; lines of points that step back step back too. While something moves, a sample is
 * drawn of more than 6,000.
 * @param {CanvasRenderingContext2D} pen
 * @param {{renderer: object, hue: (i: number) => string, lines: {from: Uint32Array, to: Uint32Array}|null}} scene
 */
export function paintPolylines(pen, scene) {
  if (!scene.lines || scene.lines.from.length === 0) return;
  const { plain, dimmed } = collect(scene);
  pen.lineWidth = 1;
  stroke(pen, dimmed, DIMMED);
  stroke(pen, plain, lineOpacity(scene.lines.from.length));
  pen.globalAlpha = 1;
}
