/**
 * The points of the picture: positions, style, and what follows from them.
 *
 * @typedef {{rgba: Uint8Array, lit: Uint8Array|null, shape: Uint8Array|null, ranks?: Uint8Array|null, diameter: number,
 *   opacity: number, paper: number[]}} Style `ranks`: points of higher ranks are drawn in front of the others
 * @typedef {{ground: Uint32Array, plain: Uint32Array, lit: Uint32Array}} Order
 * @typedef {{count: number, stride: number, from: Float32Array, to: Float32Array, style: Style|null, order: Order}} Content
 * @typedef {{data: boolean, positions: boolean, style: boolean}} Changes
 */

import { drawOrder } from './draw_order.js';
import { LIT } from './point_style.js';

const EMPTY = new Float32Array(0);
const NOTHING = Object.freeze({ ground: new Uint32Array(0), plain: new Uint32Array(0), lit: new Uint32Array(0) });

/** Lowest and highest value of each axis, with 0 among them. */
function reachOf(xyz) {
  const reach = [[0, 0], [0, 0], [0, 0]];
  for (let k = 0; k < xyz.length; k++) {
    const range = reach[k % 3];
    if (xyz[k] < range[0]) range[0] = xyz[k];
    if (xyz[k] > range[1]) range[1] = xyz[k];
  }
  return reach;
}

/** 0 for points that are not drawn, 1 for drawn and 2 for lit ones. */
function maskOf({ style, count, to }) {
  const mask = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    if (!style || style.rgba[4 * i + 3] === 0 || to[3 * i] !== to[3 * i]) continue;
    mask[i] = style.lit && style.lit[i] === LIT.lit ? 2 : 1;
  }
  return mask;
}

/** Where the points are between `from` (mix 0) and `to` (mix 1). */
function positionsAt({ from, to }, mix) {
  if (mix >= 1 || from === to) return to;
  return to.map((value, k) => from[k] + (value - from[k]) * mix);
}

/**
 * @returns {object} setData, setPositions and setStyle as the renderer has them; `version` counts their calls; order, mask, reach are
 *   worked out when first asked for.
 */
export function createContent() {
  let held = { count: 0, stride: 1, from: EMPTY, to: EMPTY, style: null }, derived = {}, version = 0;
  let changed = { data: true, positions: true, style: true };

  function alter(next, what) {
    held = { ...held, ...next };
    derived = {};
    changed = { ...changed, ...what };
    version += 1;
  }

  function order() {
    const { count, to, style } = held, ready = style && style.rgba.length === 4 * count && to.length === 3 * count;
    derived.order ??= ready ? drawOrder({ ...held, ...style, xyz: to }) : NOTHING;
    return derived.order;
  }

  return {
    setData({ count, stride = 1 }) {
      alter({ count, stride, from: EMPTY, to: EMPTY, style: null }, { data: true, positions: true, style: true });
    },
    setStyle: (style) => alter({ style: { lit: null, shape: null, ...style } }, { style: true }),
    /** Points without a place in `before` start where they end. */
    setPositions(before, xyz) {
      if (xyz.length !== 3 * held.count) throw new Error(`Expected ${3 * held.count} coordinates, found ${xyz.length}.`);
      const from = before === xyz ? xyz : before.map((value, k) => (value === value ? value : xyz[k]));
      alter({ from, to: xyz }, { positions: true });
    },
    get version() { return version; },
    get count() { return held.count; },
    get stride() { return held.stride; },
    get placed() { return held.to.length === 3 * held.count; },
    order,
    get style() { return held.style; },
    mask() { return (derived.mask ??= maskOf(held)); },
    reach() { return (derived.reach ??= reachOf(held.to)); },
    positions: (mix) => positionsAt(held, mix),
    drawable: (i) => held.style !== null && held.style.rgba[4 * i + 3] > 0 && held.to[3 * i] === held.to[3 * i],
    /** @returns {Content} */
    all: () => ({ ...held, order: order() }),
    /** @returns {Changes|null} What changed since the last call. */
    takeChanges() {
      const seen = changed;
      changed = { data: false, positions: false, style: false };
      return seen.data || seen.positions || seen.style ? seen : null;
    },
    allChanged() { changed = { data: true, positions: true, style: true }; },
  };
}
