/** How every point is drawn at present: color, what stands out, size and opacity. */

import { pointStyle } from '../color/coloring.js';
import { pointDiameter, pointOpacity } from '../scene/point_style.js';
import { litMask, standsOut } from '../state/masks.js';
import { shownMask } from '../state/shown.js';

const SMALL_FACTOR = 0.8;

/**
 * The style for the renderer.
 * @param {object} state
 * @param {object} derived with dataset and coloring
 * @param {{theme: "light"|"dark", small: boolean}} page `small`: a picture as wide as a phone
 */
export function lookOf(state, { dataset, coloring, neighbors, matches, hoverClass }, { theme, small }) {
  const count = dataset.embedding.rows;
  const visible = shownMask(state, { dataset, coloring });
  const marked = state.focus === null ? [] : [dataset.indexOf(state.focus), ...(neighbors?.indices ?? [])];
  const selected = dataset.indices(state.selection).filter((i) => visible === null || visible[i] === 1);
  const lit = litMask({ count, coloring, hoverClass, selected, marked, matches: matches?.indices ?? null });
  const drawn = visible ? visible.reduce((total, one) => total + one, 0) : count;
  return {
    ...pointStyle({ coloring, theme, count, visible, lit: standsOut(lit, visible) ? lit : null }),
    diameter: pointDiameter(drawn) * state.pointSize * (small ? SMALL_FACTOR : 1),
    opacity: Math.min(1, pointOpacity(drawn) * state.opacity),
  };
}
