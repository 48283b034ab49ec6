/** Where everything is on the screen at one moment, worked out once per moment. */

import { DISTANCE, lensOf, nearnessOf, projectAllThrough, projectThrough } from './camera.js';
import { diameters, farness } from './point_style.js';

/**
 * @param {ReturnType<typeof import('./content.js').createContent>} content
 * @param {ReturnType<typeof import('./motion.js').createMotion>} motion
 * @param {(view: object, camera: object) => number|undefined} distanceOf Distance of the eye where a painter has its own.
 */
export function createSight(content, motion, distanceOf) {
  let version = 0, now = 0, moment = null;

  function shown() {
    if (moment) return moment;
    const view = motion.view.at(now), camera = motion.camera.at(now), flat = motion.flatness.at(now), mix = motion.mix.at(now);
    const lens = lensOf(camera, view, nearnessOf(flat, distanceOf(view, camera) ?? DISTANCE));
    moment = { view, camera, flat, mix, lens, positions: content.positions(mix), screen: null };
    return moment;
  }

  return {
    shown,
    get version() { return version; },
    get now() { return now; },
    /** Something changed, or time went on. */
    renew(time) {
      now = Math.max(now, time);
      version += 1;
      moment = null;
    },
    place(i) {
      const { lens, positions } = shown();
      return content.drawable(i) ? projectThrough(lens, positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]) : null;
    },
    /** Radius of a drawn point in CSS pixels, at its depth toward the viewer. */
    radius(i, depth) {
      const here = shown(), { style } = content;
      here.diameter ??= diameters({ style, lit: content.order().lit.length, zoom: here.camera.zoom, cue: 1 - here.flat });
      return here.diameter(i, farness(depth)) / 2;
    },
    project: (x, y, z) => projectThrough(shown().lens, x, y, z),
    projectAll() {
      const here = shown();
      return (here.screen ??= projectAllThrough(here.lens, here.positions));
    },
  };
}
