/** Everything of the picture that moves: camera, view, morph, and whether something moves at all. */

import { homeCamera } from './camera.js';
import { mixCameras, mixViews } from './camera_moves.js';
import { calm, createFlight, cubicOut } from './flight.js';

/** A camera set again within this time, in milliseconds, counts as moving until it rests for as long. */
export const RESTLESS = 150;

const mixNumbers = (a, b, t) => a + (b - a) * t;

/**
 * @returns {object} camera, view, mix (0 to 1 of a morph) and flatness (1: flat) as flights; busy tells whether anything moves.
 */
export function createMotion() {
  const camera = createFlight(homeCamera(false), mixCameras, calm);
  const view = createFlight({ width: 1, height: 1, cx: 0, cy: 0, scale: 1 }, mixViews, calm);
  const mix = createFlight(1, mixNumbers, cubicOut), flatness = createFlight(0, mixNumbers, cubicOut);
  let held = false, lastMove = -Infinity, restless = 0;
  const flying = (now) => camera.flying(now) || view.flying(now) || mix.flying(now);

  return {
    camera, view, mix, flatness, flying,
    busy: (now) => held || flying(now) || now < restless,
    hold(yes) {
      held = yes;
      restless = 0;
    },
    /** Notices a camera that is set frame by frame without `hold`; tells whether it does. */
    stir(now) {
      const again = !held && now - lastMove < RESTLESS;
      lastMove = now;
      if (again) restless = now + RESTLESS;
      return again;
    },
    startMorph(flat, milliseconds, now) {
      flatness.set(Number(flat), milliseconds, now);
      mix.set(0, 0, now);
      mix.set(1, milliseconds, now);
    },
  };
}
