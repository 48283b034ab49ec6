/** Free places for labels: eight directions at three distances, with a leader from the second distance on. */

const DISTANCES = [0, 8, 20];
const DIRECTIONS = [[1, 0], [0.8, -0.9], [0.8, 0.9], [-1, 0], [-0.8, -0.9], [-0.8, 0.9], [0, -1.5], [0, 1.5]];
const HEIGHT = 18;
const SIDE = 4;

/**
 * @param {number[]} a left, top, width, height
 * @param {number[]} b
 * @returns {boolean}
 */
export function overlaps(a, b) {
  return a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
}

function isFree(box, taken, bounds) {
  const within = box[0] >= bounds.left && box[1] >= bounds.top
    && box[0] + box[2] <= bounds.right && box[1] + box[3] <= bounds.bottom;
  return within && !taken.some((other) => overlaps(other, box));
}

/**
 * @param {{x: number, y: number, radius: number}} mark Point and the radius of its mark, CSS pixels.
 * @param {number} width Of the words.
 * @param {number[][]} taken Boxes that stay free, [left, top, width, height]; the label's own box is added when there is a place.
 * @param {{left: number, top: number, right: number, bottom: number}} bounds Labels stay inside.
 * @param {number[][]} [points] Boxes of other points, which stay free too.
 * @returns {{left: number, middle: number, leader: number[]|null}|null} Left edge and middle of the words; leader: x1, y1, x2, y2
 *   from the rim of the mark to the words. null: no free place, no label.
 */
export function placeLabel({ x, y, radius }, width, taken, bounds, points = []) {
  const around = aroundMark({ x, y, radius }, width), near = points.filter((box) => overlaps(box, around));
  for (const farther of DISTANCES) {
    for (const [dx, dy] of DIRECTIONS) {
      const distance = radius + 6 + farther, middle = y + distance * dy;
      const left = dx > 0 ? x + distance * dx : dx < 0 ? x + distance * dx - width : x - width / 2;
      const box = [left - SIDE, middle - HEIGHT / 2, width + 2 * SIDE, HEIGHT];
      if (!isFree(box, taken, bounds) || near.some((other) => overlaps(other, box))) continue;
      taken.push(box);
      return { left, middle, leader: farther ? leaderOf(x, y, radius, left, width, middle) : null };
    }
  }
  return null;
}

/** Everywhere that the label of a mark may come to lie. */
function aroundMark({ x, y, radius }, width) {
  const farthest = 1.5 * (radius + 6 + DISTANCES.at(-1)) + HEIGHT, across = farthest + width;
  return [x - across, y - farthest, 2 * across, 2 * farthest];
}

function leaderOf(x, y, radius, left, width, middle) {
  const endX = Math.max(left - 1, Math.min(left + width + 1, x)), endY = middle + Math.sign(y - middle) * (endX === x ? 7 : 0);
  const length = Math.hypot(endX - x, endY - y) || 1, start = radius / length;
  return [x + (endX - x) * start, y + (endY - y) * start, endX, endY];
}
