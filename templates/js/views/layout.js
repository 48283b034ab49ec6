/** Where the picture is free: the rectangle left by legend, inspector, tools and sheet. Pure. */

export const NARROW = 700;
/** Below this width an open inspector folds the legend. */
const CRAMPED = 1000;

/**
 * @param {{width: number, height: number, narrow: boolean, legend: boolean, tabs: number, side: number, foot: number,
 *   sheet: number}} parts
 *   size of the picture in CSS px; `tabs`: height of the tabs; `side`: width of an open inspector, else 0; `foot`: height of the
 *   legend and tools at the foot of a narrow page; `sheet`: height of an open sheet, else 0
 * @returns {{left: number, top: number, right: number, bottom: number}}
 */
export function freeRectangle({ width, height, narrow, legend, tabs, side, foot, sheet }) {
  if (narrow) return atLeast({ left: 16, top: tabs + 12, right: width - 16, bottom: height - (sheet || foot) - 12 });
  const beside = legend && (side === 0 || width >= CRAMPED);
  return atLeast({ left: beside ? 212 : 32, top: 20, right: width - side - 32, bottom: height - 64 });
}

function atLeast(box) {
  return { ...box, right: Math.max(box.right, box.left + 80), bottom: Math.max(box.bottom, box.top + 80) };
}

/**
 * Where the still picture stands so that its points are where the live home view puts them.
 * @param {{width: number, height: number}} still its size in CSS px
 * @param {{halfWidth: number, halfHeight: number}} frame of the projection
 * @param {{cx: number, cy: number, scale: number}} view the live home view
 * @returns {{left: number, top: number, width: number}} CSS px
 */
export function stillPlace(still, frame, { cx, cy, scale }) {
  const drawn = Math.min(((still.width / 2) * 0.94) / frame.halfWidth, ((still.height / 2) * 0.94) / frame.halfHeight);
  const factor = scale / drawn;
  const width = still.width * factor;
  return { left: cx - width / 2, top: cy - (still.height * factor) / 2, width };
}

/**
 * Moves the still picture of a figure to its place; the style sheet reads it.
 * @param {HTMLElement} figure
 * @param {{halfWidth: number, halfHeight: number}} frame of the projection it shows
 * @param {{cx: number, cy: number, scale: number}} view the live home view
 */
export function placeStillPicture(figure, frame, view) {
  const image = figure.querySelector('img');
  if (!image) return;
  const size = { width: Number(image.getAttribute('width')), height: Number(image.getAttribute('height')) };
  const { left, top, width } = stillPlace(size, frame, view);
  for (const [name, value] of [
    ['--sx', left],
    ['--sy', top],
    ['--sw', width],
  ])
    figure.style.setProperty(name, `${value}px`);
}

/**
 * Where a card goes beside a point: to its right, else to its left, inside the picture.
 * @param {{x: number, y: number}} point
 * @param {{width: number, height: number}} card
 * @param {{left: number, top: number, right: number, bottom: number}} within
 * @returns {{left: number, top: number}}
 */
export function cardPlace(point, card, within) {
  const right = point.x + 18;
  const left = right + card.width <= within.right ? right : point.x - 18 - card.width;
  return {
    left: Math.max(within.left, Math.min(left, within.right - card.width)),
    top: Math.max(within.top, Math.min(point.y - 40, within.bottom - card.height)),
  };
}
