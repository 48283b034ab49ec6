/** Chooses how the picture is drawn: own points in plotly's scene, plotly's own trace, or a plain canvas. */

import { createCanvasPoints } from './canvas_points.js';
import { createPlotlyPoints } from './plotly_points.js';
import { createPlotlyScene } from './plotly_scene.js';
import { createStage } from './stage.js';

function hasWebgl(document) {
  try {
    const gl = document.createElement('canvas').getContext('webgl');
    if (!gl) return false;
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    return true;
  } catch {
    return false;
  }
}

const MAKERS = { webgl: createPlotlyScene, plotly: createPlotlyPoints };

/** The first painter that works, in the order of their worth. */
async function choosePainter(given, onLost) {
  const { wanted, document, loadPlotly } = given;
  if (wanted !== 'canvas' && hasWebgl(document)) {
    const kinds = wanted === 'plotly' ? ['plotly'] : ['webgl', 'plotly'];
    const Plotly = await loadPlotly().catch(() => null);
    for (const kind of Plotly ? kinds : []) {
      try {
        return await MAKERS[kind]({ ...given, Plotly, onLost });
      } catch {
        continue;
      }
    }
  }
  return createCanvasPoints(given);
}

/**
 * @param {object} given
 * @param {HTMLElement} given.container Positioned; the painter puts its canvas inside.
 * @param {'webgl'|'plotly'|'canvas'|null} given.wanted Tried first; what does not work here is passed over.
 * @param {() => Promise<object>} given.loadPlotly Not called for the canvas.
 * @param {Document} given.document
 * @param {number} given.pixelRatio Device pixels per CSS pixel.
 * @returns {Promise<object>} The renderer: the stage's methods and kind, note, drawn, onNote. Never rejects for want of WebGL.
 */
export async function createRenderer(given) {
  const listeners = new Set();
  let stage = null, early = false;

  function fallBack() {
    if (!stage) { early = true; return; }
    stage.exchange(createCanvasPoints(given));
    for (const listener of listeners) listener();
  }

  stage = createStage(given.document.defaultView, await choosePainter(given, fallBack));
  if (early) fallBack();
  const own = {
    get kind() { return stage.painter.kind; },
    get note() { return stage.painter.note(stage.content); },
    get drawn() {
      const { ground, plain, lit } = stage.content.order;
      return Math.min(stage.painter.limit, ground.length + plain.length + lit.length);
    },
    onNote(listener) { listeners.add(listener); return () => listeners.delete(listener); },
  };
  return Object.create(Object.freeze(stage), Object.getOwnPropertyDescriptors(own));
}
