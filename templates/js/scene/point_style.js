/** How large, how opaque and in which color a point is drawn: the one place of these rules. */

/** Size and weight rules shared by all painters (depth cue, dimmed and lit points). */
export const LOOK = Object.freeze({
  nearSize: 1.25,
  farSize: 0.8,
  farFog: 0.28,
  depthSpan: 2.2,
  dimSize: 0.85,
  dimToOther: 0.62,
  dimToPaper: 0.66,
  dimToPaperDark: 0.5,
  dimOpacity: 0.8,
  ringSize: 1.2,
});

/** Values of a point's `lit` byte. */
export const LIT = Object.freeze({ normal: 0, dim: 1, lit: 2 });

/** Values of a point's `shape` byte. */
export const SHAPE = Object.freeze({ disc: 0, ring: 1, missing: 2 });

const WIDEST_LIT = 8;
const COUNTS = [100, 1e3, 6e3, 1e4, 1e5, 1e6];
const DIAMETERS = [9, 6, 4.2, 3.6, 2, 1.2];
const OPACITIES = [1, 0.95, 0.9, 0.85, 0.6, 0.4];

function onLogScale(stops, values, count) {
  if (!(count > stops[0])) return values[0];
  for (let k = 1; k < stops.length; k++) {
    if (count > stops[k]) continue;
    const t = Math.log(count / stops[k - 1]) / Math.log(stops[k] / stops[k - 1]);
    return values[k - 1] + (values[k] - values[k - 1]) * t;
  }
  return values[values.length - 1];
}

/**
 * @param {number} count Points drawn.
 * @returns {number} Diameter at home, CSS pixels.
 */
export function pointDiameter(count) {
  return onLogScale(COUNTS, DIAMETERS, count);
}

/**
 * @param {number} count Points drawn.
 * @returns {number} Opacity, 0 to 1.
 */
export function pointOpacity(count) {
  return onLogScale(COUNTS, OPACITIES, count);
}

/**
 * @param {number} zoom
 * @returns {number} How much larger points get with the zoom, at most three times.
 */
export function zoomFactor(zoom) {
  return Math.min(3, zoom ** 0.35);
}

/**
 * Few lit points are drawn large with a broad halo, many closer to the size of the rest.
 * @param {number} count Lit points.
 * @param {number} diameter CSS pixels of the other points.
 * @returns {{scale: number, halo: number}} Factor of the diameter: 1.3 to 2, but no wider than a neighbor's dot where the others are
 *   large, and never too small to be seen where they are tiny; and halo in CSS pixels.
 */
export function litMark(count, diameter) {
  const wished = onLogScale([40, 700], [2, 1.3], count), widest = Math.max(1.3, WIDEST_LIT / Math.max(diameter, 0.1));
  const least = onLogScale([40, 700, 1e5], [6.4, 4.6, 2.6], count) / Math.max(diameter, 0.1);
  return { scale: Math.max(Math.min(wished, widest), least), halo: onLogScale([40, 700], [1.6, 0.6], count) };
}

/**
 * @param {number} depth Toward the viewer, normalised units.
 * @returns {number} 0 for the nearest points, 1 for the farthest.
 */
export function farness(depth) {
  return Math.max(0, Math.min(1, 0.5 - depth / LOOK.depthSpan));
}

/**
 * @param {number} far As farness gives it.
 * @param {number} cue 1 for full depth cue, 0 for none (flat).
 * @returns {number} Factor of the diameter.
 */
export function depthSize(far, cue) {
  return 1 + (LOOK.nearSize + (LOOK.farSize - LOOK.nearSize) * far - 1) * cue;
}

/**
 * The size rules for one picture.
 * @param {{style: import('./content.js').Style, lit: number, zoom: number, cue: number}} given lit: how many points are; cue: as in depthSize.
 * @returns {(i: number, far: number) => number} Diameter of a point in CSS pixels, without halo.
 */
export function diameters({ style, lit, zoom, cue }) {
  const base = style.diameter * zoomFactor(zoom), bright = litMark(lit, style.diameter).scale;
  return (i, far) => {
    const state = style.lit ? style.lit[i] : LIT.normal, hollow = style.shape ? style.shape[i] !== SHAPE.disc : false;
    const scale = state === LIT.dim ? LOOK.dimSize : state === LIT.lit ? bright : 1;
    return base * depthSize(far, cue) * scale * (hollow ? LOOK.ringSize : 1);
  };
}

/**
 * @param {ArrayLike<number>} paper red, green, blue, 0 to 255.
 * @returns {{dark: boolean, other: number[], toPaper: number}} What dimmed points are mixed with.
 */
export function dimming(paper) {
  const dark = 0.3 * paper[0] + 0.59 * paper[1] + 0.11 * paper[2] < 128;
  return { dark, other: dark ? [109, 115, 124] : [154, 159, 166], toPaper: dark ? LOOK.dimToPaperDark : LOOK.dimToPaper };
}

/**
 * @param {number} value One channel of the full hue, 0 to 255.
 * @param {number} other The same channel of the `other` gray.
 * @param {number} paper The same channel of the paper.
 * @param {number} toPaper Share of paper.
 * @returns {number} The channel of a dimmed point.
 */
export function dimChannel(value, other, paper, toPaper) {
  const gray = value + (other - value) * LOOK.dimToOther;
  return gray + (paper - gray) * toPaper;
}
