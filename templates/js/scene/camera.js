/**
 * The camera of the picture: a pinhole turning about the vertical axis, as pure arithmetic.
 *
 * A camera is {yaw, pitch, zoom, center}; a view is {width, height, cx, cy, scale} in CSS pixels: the size of the
 * container, the middle of its free rectangle, and the pixels of one unit at home. Positions are normalised (about -1 to 1).
 *
 * @typedef {{yaw: number, pitch: number, zoom: number, center: number[]}} Camera
 * @typedef {{width: number, height: number, cx: number, cy: number, scale: number}} View
 * @typedef {{right: number[], up: number[], toward: number[], center: number[], size: number, nearness: number, cx: number,
 *   cy: number}} Lens
 */

/** Distance of the eye from the center, in normalised units. */
export const DISTANCE = 4;

/** Where a 3D picture opens. */
export const HOME = Object.freeze({ yaw: 0.42, pitch: -0.3, zoom: 1, center: Object.freeze([0, 0, 0]) });

/** Where a 2D picture opens. */
export const HOME_FLAT = Object.freeze({ yaw: 0, pitch: 0, zoom: 1, center: Object.freeze([0, 0, 0]) });

/** Points closer to the eye than this share of its distance are not drawn. */
export const NEAREST = 0.04;

/**
 * @param {boolean} flat
 * @returns {Camera} A fresh copy of the camera of the first look.
 */
export function homeCamera(flat) {
  const { yaw, pitch, zoom } = flat ? HOME_FLAT : HOME;
  return { yaw, pitch, zoom, center: [0, 0, 0] };
}

/**
 * One over the eye's distance: 0 is a parallel projection.
 * @param {boolean|number} flat true or 1: parallel; a number between 0 and 1 is a step on the way.
 * @param {number} [distance] Another eye distance.
 * @returns {number}
 */
export function nearnessOf(flat, distance = DISTANCE) {
  return (1 - Number(flat)) / distance;
}

/**
 * Everything that projecting many points needs, computed once.
 * @param {Camera} camera
 * @param {View} view
 * @param {number} nearness One over the distance of the eye.
 * @returns {Lens} Unit vectors of the screen in the space of the positions, and the pixels of a unit at the center.
 */
export function lensOf(camera, view, nearness) {
  const cy = Math.cos(camera.yaw), sy = Math.sin(camera.yaw);
  const cp = Math.cos(camera.pitch), sp = Math.sin(camera.pitch);
  return {
    right: [cy, 0, sy],
    up: [-sy * sp, cp, cy * sp],
    toward: [-sy * cp, -sp, cy * cp],
    center: camera.center,
    size: view.scale * camera.zoom,
    nearness,
    cx: view.cx,
    cy: view.cy,
  };
}

/**
 * @param {Lens} lens
 * @param {number} x
 * @param {number} y
 * @param {number} z
 * @returns {{x: number, y: number, depth: number, scale: number}|null} CSS pixels, depth toward the viewer in units, and
 *   pixels of a unit there; null at or behind the eye and for NaN.
 */
export function projectThrough(lens, x, y, z) {
  const { right, up, toward, center } = lens;
  const dx = x - center[0], dy = y - center[1], dz = z - center[2];
  const depth = dx * toward[0] + dy * toward[1] + dz * toward[2];
  const share = 1 - depth * lens.nearness;
  if (!(share >= NEAREST)) return null;
  const scale = lens.size / share;
  return {
    x: lens.cx + (dx * right[0] + dy * right[1] + dz * right[2]) * scale,
    y: lens.cy - (dx * up[0] + dy * up[1] + dz * up[2]) * scale,
    depth,
    scale,
  };
}

/**
 * @param {Camera} camera
 * @param {View} view
 * @param {boolean|number} flat
 * @param {number} x
 * @param {number} y
 * @param {number} z
 * @returns {{x: number, y: number, depth: number, scale: number}|null} As projectThrough.
 */
export function projectPoint(camera, view, flat, x, y, z) {
  return projectThrough(lensOf(camera, view, nearnessOf(flat)), x, y, z);
}

/**
 * @param {Lens} lens
 * @param {Float32Array} xyz 3 x count.
 * @param {Float32Array} [out] 3 x count, filled and returned.
 * @returns {Float32Array} x, y in CSS pixels and depth of every point; three NaN where projectThrough gives null.
 */
export function projectAllThrough(lens, xyz, out = new Float32Array(xyz.length)) {
  const { right: r, up: u, toward: t, center: c, size, nearness, cx, cy } = lens;
  for (let k = 0; k < xyz.length; k += 3) {
    const dx = xyz[k] - c[0], dy = xyz[k + 1] - c[1], dz = xyz[k + 2] - c[2];
    const depth = dx * t[0] + dy * t[1] + dz * t[2], share = 1 - depth * nearness;
    const scale = share >= NEAREST ? size / share : NaN;
    out[k] = cx + (dx * r[0] + dy * r[1] + dz * r[2]) * scale;
    out[k + 1] = cy - (dx * u[0] + dy * u[1] + dz * u[2]) * scale;
    out[k + 2] = scale === scale ? depth : NaN;
  }
  return out;
}

/**
 * @param {Camera} camera
 * @param {View} view
 * @param {boolean|number} flat
 * @param {Float32Array} xyz 3 x count.
 * @param {Float32Array} [out]
 * @returns {Float32Array} As projectAllThrough.
 */
export function projectAll(camera, view, flat, xyz, out) {
  return projectAllThrough(lensOf(camera, view, nearnessOf(flat)), xyz, out);
}

/**
 * The same projection as a matrix for the graphics card.
 * @param {Lens} lens
 * @param {{width: number, height: number}} view
 * @returns {Float32Array} 16 numbers, column-major; clip z is 0, clip w is the share of the eye's distance that is left.
 */
export function clipMatrix(lens, view) {
  const { right, up, toward, center, size, nearness, cx, cy } = lens;
  const a = 2 * cx / view.width - 1, b = 1 - 2 * cy / view.height;
  const sx = 2 * size / view.width, sy = 2 * size / view.height;
  const matrix = new Float32Array(16);
  let x0 = 0, y0 = 0, w0 = 0;
  for (let k = 0; k < 3; k++) {
    const w = -toward[k] * nearness, x = sx * right[k] + a * w, y = sy * up[k] + b * w;
    matrix.set([x, y, 0, w], 4 * k);
    x0 -= x * center[k]; y0 -= y * center[k]; w0 -= w * center[k];
  }
  matrix.set([x0 + a, y0 + b, 0, w0 + 1], 12);
  return matrix;
}

/**
 * The view that shows a whole projection in a free rectangle at the home camera.
 * @param {{halfWidth: number, halfHeight: number}} frame Half extents of the projected points in units at scale 1.
 * @param {{left: number, top: number, right: number, bottom: number}} rectangle Margins already taken off.
 * @returns {{cx: number, cy: number, scale: number}}
 */
export function fitHome(frame, { left, top, right, bottom }) {
  const width = Math.max(1, right - left), height = Math.max(1, bottom - top);
  return {
    cx: (left + right) / 2,
    cy: (top + bottom) / 2,
    scale: Math.min(width / (2 * Math.max(frame.halfWidth, 1e-6)), height / (2 * Math.max(frame.halfHeight, 1e-6))),
  };
}
