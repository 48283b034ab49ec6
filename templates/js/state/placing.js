/** Coordinates of a projection as positions on the screen, and cameras that show a part of them. */

import { HOME, HOME_FLAT, homeCamera } from '../scene/camera.js';
import { ZOOM_LIMITS } from '../scene/camera_moves.js';
import { measureFrame, normalizePositions } from '../scene/normalize.js';

const CLOSEST = 12;
const AIR = 0.85;
/** A row of points is taken to be this share as wide as it is long. */
const LEAST = 0.02;

/**
 * @typedef {object} Placed
 * @property {string} name of the projection
 * @property {Float32Array} xyz 3 a point, normalised, NaN where not drawn
 * @property {boolean} flat
 * @property {number[]} mid
 * @property {number} half
 * @property {{halfWidth: number, halfHeight: number}} frame
 * @property {boolean} measured drawn as its figures were measured: a PCA along its first components
 */

/**
 * @param {object} embedding
 * @param {string} name of a projection, as drawn
 * @param {number[]} components PCA components counted from 1
 * @returns {Promise<Placed>}
 */
export async function placeProjection(embedding, name, components) {
  const projection = embedding.projections.find((one) => one.name === name);
  const { dims, values, lows, highs } = await embedding.coordinates(name);
  const shown = projection.method === 'pca' ? components.map((one) => one - 1) : undefined;
  const placed = normalizePositions({ values, dims, components: shown, lows, highs });
  const measured = !shown || (shown.every((one, n) => one === n) && shown.length === Math.min(3, dims));
  const frame = measured && projection.frame ? projection.frame : measureFrame(placed.xyz, placed.flat);
  return { ...placed, name, measured, frame: { halfWidth: frame.halfWidth || 1, halfHeight: frame.halfHeight || 1 } };
}

/**
 * The camera that shows some points as the home view shows all.
 * @param {Placed} placed
 * @param {Iterable<number>} indices stored indices
 * @param {number} [most] largest zoom
 * @returns {import('../scene/camera.js').Camera} the home camera when none of the points is drawn
 */
export function cameraOn({ xyz, flat, frame }, indices, most = ZOOM_LIMITS[1] / 2) {
  const kept = [...indices].filter((i) => !Number.isNaN(xyz[3 * i]));
  if (kept.length === 0) return homeCamera(flat);
  const center = [0, 1, 2].map((axis) => {
    let low = Infinity;
    let high = -Infinity;
    for (const i of kept) {
      low = Math.min(low, xyz[3 * i + axis]);
      high = Math.max(high, xyz[3 * i + axis]);
    }
    return (low + high) / 2;
  });
  const { yaw, pitch } = flat ? HOME_FLAT : HOME;
  return {
    yaw,
    pitch,
    zoom: Math.min(most, kept.length === 1 ? CLOSEST / 4 : fittingZoom(xyz, flat, frame, kept, center)),
    center,
  };
}

function fittingZoom(xyz, flat, frame, kept, center) {
  const moved = new Float32Array(3 * kept.length + 3);
  let spread = 0;
  kept.forEach((i, n) => {
    for (let axis = 0; axis < 3; axis += 1) {
      moved[3 * n + axis] = xyz[3 * i + axis] - center[axis];
      spread = Math.max(spread, Math.abs(moved[3 * n + axis]));
    }
  });
  if (spread === 0) return CLOSEST / 4;
  moved.fill(spread * LEAST, 3 * kept.length);
  const own = measureFrame(moved, flat);
  return Math.max(ZOOM_LIMITS[0], AIR * Math.min(frame.halfWidth / own.halfWidth, frame.halfHeight / own.halfHeight));
}
