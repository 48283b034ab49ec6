/**
 * The painter of the renderer 'webgl': our own points inside plotly's 3D scene.
 *
 * This is the one file that reaches behind plotly's public interface. It uses gd._fullLayout.scene._scene (the scene) and its
 * glplot: gl, canvas, objects, add, redraw, update, contextLost, oncontextloss. Every name is tested before use; whoever
 * calls gets an error when one is missing and takes the public renderer instead.
 */

import { bareConfig, bareLayout, makeHost, plotlyCamera } from './plotly_layout.js';
import { createWebglPoints } from './webgl_points.js';

const CAMERA_REST = 1000;
const FAR = 100;
/* plotly sorts the objects of a scene by this index whenever it plots. */
const LAST_TRACE = 1e9;

function glplotOf(host) {
  const glplot = host._fullLayout?.scene?._scene?.glplot;
  const methods = ['add', 'redraw', 'update'];
  const whole = glplot && methods.every((name) => typeof glplot[name] === 'function') && Array.isArray(glplot.objects)
    && glplot.canvas && typeof glplot.gl?.drawElements === 'function' && !glplot.gl.isContextLost();
  if (!whole) throw new Error('This plotly.js has no scene that our points fit into.');
  return glplot;
}

/** An object as plotly's scene draws them; opaque to plotly, which then draws it once and without its accumulation buffer. */
function sceneObject(draw) {
  const nothing = () => {};
  return {
    _trace: { data: { index: LAST_TRACE, type: 'scatter3d', hoverinfo: 'skip' } },
    bounds: null, pickSlots: 0, dirty: false,
    setPickBase: nothing, isOpaque: () => true, isTransparent: () => false,
    draw, drawTransparent: nothing, drawPick: nothing, pick: () => null, highlight: nothing, dispose: nothing,
  };
}

/** Without pick slots plotly draws no pick buffer, which it would read back on every change of the camera. */
function addTo(glplot, object) {
  for (const other of glplot.objects) other.pickSlots = 0;
  glplot.add(object);
}

async function plotDummy(Plotly, host, box, pixelRatio) {
  const dummy = { type: 'scatter3d', mode: 'markers', x: [null], y: [null], z: [null], hoverinfo: 'skip', marker: { size: 1 } };
  await Plotly.newPlot(host, [dummy], bareLayout(box.width, box.height), bareConfig(pixelRatio));
}

/**
 * @param {{container: HTMLElement, document: Document, Plotly: object, pixelRatio: number, onLost: () => void}} given onLost: the
 *   WebGL context is gone and this painter with it.
 * @returns {Promise<import('./stage.js').Painter>} Rejects when plotly's scene is not as expected.
 */
export async function createPlotlyScene({ container, document, Plotly, pixelRatio, onLost }) {
  const host = makeHost(document, container), size = { width: container.clientWidth, height: container.clientHeight };
  let glplot = null, points = null, drawn = 0, lost = false, rest = 0, content = null, shown = null;
  const object = sceneObject(() => {
    drawn += 1;
    points?.draw(glplot.canvas.width / Math.max(1, size.width));
  });

  function loseContext() {
    if (lost) return;
    lost = true;
    onLost();
  }

  /** plotly builds a new scene on some layout changes: find it and add our points to it. */
  function attach() {
    const current = glplotOf(host);
    if (current === glplot && current.objects.includes(object)) return;
    if (current !== glplot) {
      points = createWebglPoints(current.gl);
      current.oncontextloss = loseContext;
      current.canvas.addEventListener('webglcontextlost', loseContext);
      if (content) points.update(content, { data: true, positions: true, style: true });
      if (shown) points.load(shown);
    }
    glplot = current;
    addTo(glplot, object);
    glplot.update();
  }

  function destroy() {
    clearTimeout(rest);
    if (points && !lost) points.dispose();
    try {
      Plotly.purge(host);
    } finally {
      host.remove();
    }
  }

  function keepSize({ width, height }) {
    if (width === size.width && height === size.height) return;
    Object.assign(size, { width, height });
    Plotly.relayout(host, { width: Math.max(10, width), height: Math.max(10, height) });
    attach();
  }

  /** plotly's own camera follows once ours rests. */
  function keepCamera(lens) {
    clearTimeout(rest);
    rest = setTimeout(() => {
      if (!lost) Plotly.relayout(host, { 'scene.camera': plotlyCamera(lens, lens.nearness > 0 ? 1 / lens.nearness : FAR) });
    }, CAMERA_REST);
  }

  try {
    await plotDummy(Plotly, host, size, pixelRatio);
    attach();
    glplot.redraw();
    if (drawn === 0) throw new Error('plotly.js did not draw our points.');
    host.on('plotly_afterplot', attach);
  } catch (error) {
    destroy();
    throw error;
  }

  return {
    kind: 'webgl',
    limit: Infinity,
    morphs: true,
    note: () => null,
    update(next, changed) {
      content = next;
      points.update(next, changed);
    },
    paint(frame) {
      if (lost || glplot.contextLost) return;
      keepSize(frame.view);
      keepCamera(frame.lens);
      shown = frame;
      points.load(frame);
      glplot.redraw();
    },
    destroy,
  };
}
