/** The painter of the renderer 'canvas': the same points, painted in memory, for places without WebGL. */

import { NEAREST } from './camera.js';
import { diameters, dimChannel, dimming, farness, litMark, LIT, LOOK, SHAPE } from './point_style.js';
import { paintPoint } from './raster.js';

const MOST_PIXELS = 4.5e6;

/** Size and color of one point on the way to the screen, reused from point to point. */
function createBrush({ style, order }, frame, ratio) {
  const { rgba, lit, shape, paper } = style, { other, toPaper } = dimming(paper);
  const mark = litMark(order.lit.length, style.diameter);
  const diameter = diameters({ style, lit: order.lit.length, zoom: frame.camera.zoom, cue: frame.cue });
  const brush = { color: [0, 0, 0], radius: 0, alpha: 1, ring: 0, halo: 0 };
  return (i, depth) => {
    const far = farness(depth), state = lit ? lit[i] : LIT.normal, hollow = shape ? shape[i] !== SHAPE.disc : false;
    const fog = state === LIT.normal ? LOOK.farFog * far * frame.cue : 0;
    for (let c = 0; c < 3; c++) {
      const hue = state === LIT.dim ? dimChannel(rgba[4 * i + c], other[c], paper[c], toPaper) : rgba[4 * i + c];
      brush.color[c] = hue + (paper[c] - hue) * fog;
    }
    brush.radius = 0.5 * diameter(i, far) * ratio;
    brush.alpha = state === LIT.lit ? 1 : state === LIT.dim ? Math.min(style.opacity, LOOK.dimOpacity) : style.opacity;
    brush.ring = hollow ? Math.max(ratio, 0.48 * brush.radius) : 0;
    brush.halo = state === LIT.lit ? mark.halo * ratio : 0;
    return brush;
  };
}

function paintAll(image, content, frame, ratio) {
  const { lens, mix, sorted } = frame, { from, to, style } = content, { right, up, toward, center } = lens;
  const brushFor = createBrush(content, frame, ratio);
  for (let k = 0; k < sorted.length; k++) {
    const i = sorted[k], p = 3 * i;
    const dx = from[p] + (to[p] - from[p]) * mix - center[0];
    const dy = from[p + 1] + (to[p + 1] - from[p + 1]) * mix - center[1];
    const dz = from[p + 2] + (to[p + 2] - from[p + 2]) * mix - center[2];
    const depth = dx * toward[0] + dy * toward[1] + dz * toward[2], share = 1 - depth * lens.nearness;
    if (!(share >= NEAREST)) continue;
    const size = lens.size / share;
    const x = (lens.cx + (dx * right[0] + dy * right[1] + dz * right[2]) * size) * ratio;
    const y = (lens.cy - (dx * up[0] + dy * up[1] + dz * up[2]) * size) * ratio;
    if (!(x > -50 && y > -50 && x < image.width + 50 && y < image.height + 50)) continue;
    const { radius, color, alpha, ring, halo } = brushFor(i, depth);
    if (halo > 0) paintPoint(image, x, y, radius + halo, style.paper, 1);
    paintPoint(image, x, y, radius, color, alpha, ring);
  }
}

/**
 * @param {{container: HTMLElement, document: Document, pixelRatio: number}} given
 * @returns {import('./stage.js').Painter}
 */
export function createCanvasPoints({ container, document, pixelRatio }) {
  const canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
  Object.assign(canvas.style, { position: 'absolute', left: '0', top: '0', pointerEvents: 'none' });
  canvas.setAttribute('aria-hidden', 'true');
  container.append(canvas);
  let content = null, image = null, ratio = 1;

  function fit({ width, height }) {
    ratio = Math.min(2, pixelRatio);
    if (width * height * ratio * ratio > MOST_PIXELS) ratio = 1;
    const wide = Math.max(1, Math.round(width * ratio)), high = Math.max(1, Math.round(height * ratio));
    if (image && image.width === wide && image.height === high) return image.data.fill(0);
    Object.assign(canvas, { width: wide, height: high });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    image = pen.createImageData(wide, high);
    return image.data;
  }

  return {
    kind: 'canvas',
    limit: Infinity,
    morphs: true,
    note: () => 'Drawn without WebGL; turning may be slower.',
    update(next) { content = next; },
    paint(frame) {
      fit(frame.view);
      if (content.style) paintAll(image, content, frame, ratio);
      pen.putImageData(image, 0, 0);
    },
    destroy() { canvas.remove(); },
  };
}
