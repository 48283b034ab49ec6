/** Ways to move a camera. Every function returns a new camera and leaves its argument alone. */

import { lensOf } from './camera.js';

/** Smallest and largest zoom. */
export const ZOOM_LIMITS = Object.freeze([0.3, 60]);

const TURN_PER_PIXEL = 0.006;
const STEEPEST = 1.5;

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

function shifted(camera, across, upward) {
  const { right, up } = lensOf(camera, { width: 1, height: 1, cx: 0, cy: 0, scale: 1 }, 0);
  return camera.center.map((value, k) => value + across * right[k] + upward * up[k]);
}

/**
 * Turns about the vertical axis and tilts.
 * @param {import('./camera.js').Camera} camera
 * @param {number} dx CSS pixels of the drag to the right.
 * @param {number} dy CSS pixels of the drag downward.
 */
export function turn(camera, dx, dy) {
  return {
    ...camera,
    yaw: camera.yaw + dx * TURN_PER_PIXEL,
    pitch: clamp(camera.pitch - dy * TURN_PER_PIXEL, -STEEPEST, STEEPEST),
  };
}

/**
 * Moves the picture with the pointer; what lies at the depth of the center stays under it.
 * @param {import('./camera.js').Camera} camera
 * @param {import('./camera.js').View} view
 * @param {number} dx
 * @param {number} dy
 */
export function pan(camera, view, dx, dy) {
  const size = view.scale * camera.zoom;
  return { ...camera, center: shifted(camera, -dx / size, dy / size) };
}

/**
 * Zooms by a factor about a place on the screen, which keeps showing the same spot at the depth of the center.
 * @param {import('./camera.js').Camera} camera
 * @param {import('./camera.js').View} view
 * @param {number} factor
 * @param {number} [x] CSS pixels; the middle of the view by default.
 * @param {number} [y]
 */
export function zoomAt(camera, view, factor, x = view.cx, y = view.cy) {
  const zoom = clamp(camera.zoom * factor, ZOOM_LIMITS[0], ZOOM_LIMITS[1]);
  const change = (1 / camera.zoom - 1 / zoom) / view.scale;
  return { ...camera, zoom, center: shifted(camera, (x - view.cx) * change, (view.cy - y) * change) };
}

/**
 * @param {import('./camera.js').Camera} camera
 * @param {number[]} center Position to look at.
 * @param {number} [zoom]
 */
export function focusOn(camera, center, zoom = camera.zoom) {
  return { ...camera, zoom: clamp(zoom, ZOOM_LIMITS[0], ZOOM_LIMITS[1]), center: [...center] };
}

/**
 * @param {import('./camera.js').Camera} a
 * @param {import('./camera.js').Camera} b
 * @param {number} t 0 gives a, 1 gives b; zoom runs in equal ratios.
 */
export function mixCameras(a, b, t) {
  const mix = (from, to) => from + (to - from) * t;
  return {
    yaw: mix(a.yaw, b.yaw),
    pitch: mix(a.pitch, b.pitch),
    zoom: a.zoom * (b.zoom / a.zoom) ** t,
    center: a.center.map((value, k) => mix(value, b.center[k])),
  };
}

/**
 * @param {import('./camera.js').View} a
 * @param {import('./camera.js').View} b
 * @param {number} t
 */
export function mixViews(a, b, t) {
  const mix = (from, to) => from + (to - from) * t;
  return { width: b.width, height: b.height, cx: mix(a.cx, b.cx), cy: mix(a.cy, b.cy), scale: mix(a.scale, b.scale) };
}

/**
 * @param {import('./camera.js').Camera} a
 * @param {import('./camera.js').Camera} b
 * @returns {boolean} Whether both show the same to within a thousandth.
 */
export function sameCamera(a, b) {
  const near = (p, q) => Math.abs(p - q) < 1e-3;
  return near(a.yaw, b.yaw) && near(a.pitch, b.pitch) && near(a.zoom / b.zoom, 1)
    && a.center.every((value, k) => near(value, b.center[k]));
}
