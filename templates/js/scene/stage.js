/**
 * What the picture shows and when it is drawn. The stage keeps points, camera and motion; a painter only draws them, so it can be
 * exchanged while the page is open.
 *
 * @typedef {import('./content.js').Content} Content
 * @typedef {{lens: import('./camera.js').Lens, camera: import('./camera.js').Camera, view: import('./camera.js').View, mix: number,
 *   cue: number, sorted: Uint32Array, parts: {ground: number, plain: number, lit: number}, moving: boolean}} Frame
 * @typedef {{kind: string, limit: number, morphs: boolean, note: (content: Content) => string|null,
 *   distance?: (view: object, camera: object) => number, update: (content: Content, changed: import('./content.js').Changes) => void,
 *   paint: (frame: Frame) => void, destroy: () => void}} Painter
 */

import { createContent } from './content.js';
import { depthMeasure, rankedMeasure, shareBudget, sortByDepth } from './draw_order.js';
import { createFrameLoop } from './frame_loop.js';
import { createMotion, RESTLESS } from './motion.js';
import { createPace } from './pace.js';
import { createSight } from './sight.js';

/** The points of a frame from far to near: missing classes, then the others, then lit ones. */
function sortedFrame(shown, { from, to, order, style }, budget, moving) {
  const { lens, camera, view, mix, flat } = shown, parts = shareBudget(order, budget);
  const sorted = new Uint32Array(parts.ground + parts.plain + parts.lit), measure = depthMeasure(lens, from, to, mix);
  sortByDepth(order.ground, parts.ground, measure, sorted);
  sortByDepth(order.plain, parts.plain, style?.ranks ? rankedMeasure(measure, style.ranks) : measure, sorted, parts.ground);
  sortByDepth(order.lit, parts.lit, measure, sorted, parts.ground + parts.plain);
  return { lens, camera, view, mix, cue: 1 - flat, sorted, parts, moving };
}

/** Paints when asked, a sample while something moves and everything once it rests. */
function createShow(window, { content, motion, sight, painter }) {
  const pace = createPace(), callbacks = new Set(), loop = createFrameLoop(window, tick);
  let repaint = false, wasBusy = false, flew = false, timed = null, waiting = [], arrivals = [];

  function learnPace(time) {
    if (timed) pace.learn(time - timed.time, timed.drawn);
    timed = null;
  }

  function paint(time, busy) {
    const all = content.all(), changes = content.takeChanges();
    repaint = false;
    if (changes) painter().update(all, changes);
    const frame = sortedFrame(sight.shown(), all, busy ? pace.budget() : Infinity, busy);
    painter().paint(frame);
    if (!busy) return;
    timed = { time, drawn: frame.sorted.length };
    loop.after(learnPace);
  }

  function settle() {
    const seen = waiting.concat(motion.mix.flying(sight.now) ? [] : arrivals.splice(0));
    waiting = [];
    if (seen.length) loop.after(() => seen.forEach((resolve) => resolve()));
  }

  function tick(time) {
    learnPace(time);
    const now = Math.max(sight.now, time), flies = motion.flying(now), busy = motion.busy(now);
    if (flies || flew || wasBusy !== busy) {
      sight.renew(now);
      repaint = true;
    }
    if (repaint) paint(time, busy);
    flew = flies;
    wasBusy = busy;
    for (const callback of callbacks) callback();
    settle();
    if (flies) loop.request();
  }

  function request() {
    repaint = true;
    loop.request();
  }

  return {
    request,
    requestOverlay: loop.request,
    frame: () => new Promise((resolve) => { waiting.push(resolve); request(); }),
    arrival() {
      arrivals.splice(0).forEach((resolve) => resolve());
      return new Promise((resolve) => { arrivals.push(resolve); });
    },
    onFrame(callback) { callbacks.add(callback); return () => callbacks.delete(callback); },
    stop() { loop.stop(); callbacks.clear(); },
  };
}

/**
 * @param {Window} window
 * @param {Painter} firstPainter
 */
export function createStage(window, firstPainter) {
  let painter = firstPainter, rest = 0;
  const clock = () => window.performance.now(), content = createContent(), motion = createMotion();
  const sight = createSight(content, motion, (view, camera) => painter.distance?.(view, camera));
  const show = createShow(window, { content, motion, sight, painter: () => painter });

  function touch() {
    sight.renew(clock());
    show.request();
  }

  function setCamera(goal, { ms = 0 } = {}) {
    const now = clock();
    motion.camera.set(goal, ms, now);
    if (ms === 0 && motion.stir(now)) {
      window.clearTimeout(rest);
      rest = window.setTimeout(show.requestOverlay, RESTLESS + 20);
    }
    touch();
  }

  function setPositions(xyz, flat, { morph = 0 } = {}) {
    const now = clock(), ms = painter.morphs && content.placed && xyz.length === 3 * content.count ? morph : 0;
    content.setPositions(ms > 0 ? content.positions(motion.mix.at(now)) : xyz, xyz);
    motion.startMorph(flat, ms, now);
    touch();
    return show.arrival();
  }

  return {
    setData(data) { content.setData(data); touch(); },
    setPositions,
    setStyle(style) { content.setStyle(style); touch(); },
    setCamera,
    setView(goal, { ms = 0 } = {}) { motion.view.set(goal, ms, clock()); touch(); },
    get camera() { return motion.camera.at(clock()); },
    get view() { return motion.view.at(clock()); },
    get flat() { return motion.flatness.goal() === 1; },
    get busy() { return motion.busy(sight.now); },
    get version() { return sight.version; },
    get contentVersion() { return content.version; },
    get stride() { return content.stride; },
    get painter() { return painter; },
    get content() { return content.all(); },
    place: sight.place,
    radius: sight.radius,
    project: sight.project,
    projectAll: sight.projectAll,
    drawable: content.drawable,
    mask: content.mask,
    reach: content.reach,
    litPoints: () => content.order().lit,
    requestFrame: show.request,
    requestOverlay: show.requestOverlay,
    frame: show.frame,
    onFrame: show.onFrame,
    moving(yes) { motion.hold(yes); show.requestOverlay(); },
    exchange(next) {
      painter.destroy();
      painter = next;
      content.allChanged();
      touch();
    },
    destroy() { window.clearTimeout(rest); show.stop(); painter.destroy(); },
  };
}
