/** Finds the point under the pointer among projected points, by a grid over the screen. */

const CELL = 12;
const TIE = 1;

function extent(screen, mask, count) {
  let left = Infinity, right = -Infinity, top = Infinity, bottom = -Infinity;
  for (let i = 0; i < count; i++) {
    const x = screen[3 * i], y = screen[3 * i + 1];
    if (!mask[i] || !(Math.abs(x) < 1e4 && Math.abs(y) < 1e4)) continue;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return left <= right ? { left, top, columns: ((right - left) / CELL | 0) + 1, rows: ((bottom - top) / CELL | 0) + 1 } : null;
}

/** Sorts the drawn points into cells: indices of cell c are members[starts[c]] to members[starts[c + 1] - 1]. */
function makeGrid(screen, mask, count) {
  const box = extent(screen, mask, count);
  if (!box) return null;
  const { left, top, columns, rows } = box;
  const cells = new Int32Array(count).fill(-1), starts = new Uint32Array(columns * rows + 1);
  for (let i = 0; i < count; i++) {
    const x = screen[3 * i], y = screen[3 * i + 1];
    if (!mask[i] || !(Math.abs(x) < 1e4 && Math.abs(y) < 1e4)) continue;
    cells[i] = ((y - top) / CELL | 0) * columns + ((x - left) / CELL | 0);
    starts[cells[i] + 1]++;
  }
  for (let c = 0; c < columns * rows; c++) starts[c + 1] += starts[c];
  const members = new Uint32Array(starts[columns * rows]), next = starts.slice();
  for (let i = 0; i < count; i++) if (cells[i] >= 0) members[next[cells[i]]++] = i;
  return { ...box, starts, members };
}

function isInside(corners, x, y) {
  let inside = false;
  for (let a = 0, b = corners.length - 1; a < corners.length; b = a++) {
    const [ax, ay] = corners[a], [bx, by] = corners[b];
    if ((ay > y) !== (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/**
 * @returns {{build: Function, nearest: Function, inside: Function}}
 */
export function createPicker() {
  let grid = null, points = null, weights = null;

  /**
   * @param {Float32Array} screen 3 x count: x, y in CSS pixels, depth toward the viewer; NaN is never found.
   * @param {Uint8Array} mask 0: not drawn; of points at the same place the larger value wins.
   * @param {number} count
   */
  function build(screen, mask, count) {
    points = screen;
    weights = mask;
    grid = makeGrid(screen, mask, count);
  }

  function better(i, j) {
    if (weights[i] !== weights[j]) return weights[i] > weights[j];
    return points[3 * i + 2] > points[3 * j + 2];
  }

  function eachWithin(x, y, radius, visit) {
    const column = (v) => Math.floor((v - grid.left) / CELL), row = (v) => Math.floor((v - grid.top) / CELL);
    for (let r = Math.max(0, row(y - radius)); r <= Math.min(grid.rows - 1, row(y + radius)); r++) {
      for (let c = Math.max(0, column(x - radius)); c <= Math.min(grid.columns - 1, column(x + radius)); c++) {
        const cell = r * grid.columns + c;
        for (let k = grid.starts[cell]; k < grid.starts[cell + 1]; k++) {
          const i = grid.members[k], distance = Math.hypot(points[3 * i] - x, points[3 * i + 1] - y);
          if (distance <= radius) visit(i, distance);
        }
      }
    }
  }

  /**
   * @param {number} x CSS pixels.
   * @param {number} y
   * @param {number} [radius] How far a point may be.
   * @returns {number} The closest point, or -1. Among points less than a pixel farther than the closest: the larger mask, then
   *   the one nearer to the viewer, then the lower index.
   */
  function nearest(x, y, radius = 8) {
    if (!grid) return -1;
    let least = Infinity;
    eachWithin(x, y, radius, (i, distance) => { if (distance < least) least = distance; });
    let best = -1;
    eachWithin(x, y, Math.min(radius, least + TIE), (i) => { if (best < 0 || better(i, best)) best = i; });
    return best;
  }

  /**
   * @param {number[][]} corners At least three [x, y], CSS pixels.
   * @returns {Uint32Array} All drawn points inside, ascending.
   */
  function inside(corners) {
    if (!grid || corners.length < 3) return new Uint32Array(0);
    return grid.members.filter((i) => isInside(corners, points[3 * i], points[3 * i + 1])).sort();
  }

  return { build, nearest, inside };
}
