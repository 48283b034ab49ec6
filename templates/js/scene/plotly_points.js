/**
 * The painter of the renderer 'plotly': an ordinary scatter3d trace, through plotly's public interface only.
 *
 * plotly's lens has a fixed angle, so the picture is made as high as the angle asks for, centered on the free rectangle, and cut
 * by the container; the eye then stands at a distance of its own (`distance`) and projecting stays exact.
 */

import { DISTANCE } from './camera.js';
import { bareConfig, bareLayout, makeHost, plotlyCamera } from './plotly_layout.js';
import { dimChannel, dimming, litMark, LIT, LOOK, SHAPE } from './point_style.js';

/** Most points that plotly's own trace is given. */
export const PLOTLY_LIMIT = 20000;

const CIRCLES = 8000;
const HALF_ANGLE = Math.tan(Math.PI / 8);

/**
 * @param {import('./camera.js').View} view
 * @returns {{left: number, top: number, width: number, height: number, focal: number}} The box that plotly draws in, centered on
 *   the view's center and covering the container; focal: pixels at distance 1 of what is 1 wide.
 */
export function plotlyBox({ width, height, cx, cy, scale }) {
  const wide = Math.ceil(2 * Math.max(cx, width - cx));
  const high = Math.ceil(Math.max(2 * Math.max(cy, height - cy), 2 * DISTANCE * HALF_ANGLE * scale));
  return { left: cx - wide / 2, top: cy - high / 2, width: wide, height: high, focal: high / 2 / HALF_ANGLE };
}

/** The points of the sample: lit ones first, then a fair prefix of the others, at most the limit. */
export function sampleOf({ ground, plain, lit }, limit) {
  const bright = lit.subarray(0, limit), room = limit - bright.length;
  const share = Math.min(1, room / Math.max(1, ground.length + plain.length));
  const quiet = ground.subarray(0, Math.floor(ground.length * share)), rest = plain.subarray(0, Math.floor(plain.length * share));
  return [...quiet, ...rest, ...bright];
}

function markersOf(sample, { style, order }) {
  const { rgba, lit, shape, paper } = style, { other, toPaper } = dimming(paper);
  const mark = litMark(order.lit.length, style.diameter);
  const color = sample.map((i) => {
    const dim = lit && lit[i] === LIT.dim;
    const [r, g, b] = [0, 1, 2].map((c) => Math.round(dim ? dimChannel(rgba[4 * i + c], other[c], paper[c], toPaper) : rgba[4 * i + c]));
    return `rgb(${r},${g},${b})`;
  });
  const size = sample.map((i) => {
    const state = lit ? lit[i] : LIT.normal;
    return style.diameter * (state === LIT.dim ? LOOK.dimSize : state === LIT.lit ? mark.scale : 1);
  });
  const form = sample.length <= CIRCLES ? 'circle' : 'square';
  const symbol = shape ? sample.map((i) => (shape[i] === SHAPE.disc ? form : `${form}-open`)) : form;
  return { color, size, symbol, opacity: style.opacity, line: { width: 0 } };
}

/**
 * @param {{container: HTMLElement, document: Document, Plotly: object, pixelRatio: number}} given
 * @returns {Promise<import('./stage.js').Painter>} Rejects when plotly cannot draw in three dimensions here.
 */
export async function createPlotlyPoints({ container, document, Plotly, pixelRatio }) {
  const host = makeHost(document, container);
  const trace = { type: 'scatter3d', mode: 'markers', x: [null], y: [null], z: [null], hoverinfo: 'skip', marker: { size: 1 } };
  let content = null, stale = false, size = '', eye = '';
  container.style.overflow = 'hidden';

  const destroy = () => { Plotly.purge(host); host.remove(); };
  try {
    await Plotly.newPlot(host, [trace], bareLayout(container.clientWidth, container.clientHeight), bareConfig(pixelRatio));
    if (host.querySelector('.no-webgl')) throw new Error('plotly.js found no WebGL.');
  } catch (error) {
    destroy();
    throw error;
  }

  function sendPoints() {
    stale = false;
    if (!content.style) return;
    const sample = sampleOf(content.order, PLOTLY_LIMIT), { to } = content;
    const axis = (k) => [Float32Array.from(sample, (i) => to[3 * i + k])];
    const shown = sample.length ? { x: axis(0), y: axis(1), z: axis(2) } : { x: [[null]], y: [[null]], z: [[null]] };
    Plotly.restyle(host, { ...shown, marker: [markersOf(sample, content)] });
  }

  function place(view) {
    const box = plotlyBox(view), next = `${box.width} ${box.height}`;
    Object.assign(host.style, { left: `${box.left}px`, top: `${box.top}px` });
    if (next === size) return;
    size = next;
    Plotly.relayout(host, { width: box.width, height: box.height });
  }

  function aim({ lens, view }) {
    const seen = lens.nearness > 0 ? lens : { ...lens, center: [lens.center[0], lens.center[1], 0] };
    const camera = plotlyCamera(seen, plotlyBox(view).focal / lens.size), next = JSON.stringify(camera);
    if (next === eye) return;
    eye = next;
    Plotly.relayout(host, { 'scene.camera': camera });
  }

  return {
    kind: 'plotly',
    limit: PLOTLY_LIMIT,
    distance: (view, camera) => plotlyBox(view).focal / (view.scale * camera.zoom),
    morphs: false,
    note({ order }) {
      const all = order.ground.length + order.plain.length + order.lit.length, words = (n) => n.toLocaleString('en-US');
      if (all <= PLOTLY_LIMIT) return null;
      return `${words(PLOTLY_LIMIT)} of ${words(all)} points drawn by plotly’s own trace; all rows are in the figures.`;
    },
    update(next, changed) {
      content = next;
      stale = stale || changed.data || changed.positions || changed.style;
    },
    paint(frame) {
      place(frame.view);
      if (stale) sendPoints();
      aim(frame);
    },
    destroy,
  };
}
