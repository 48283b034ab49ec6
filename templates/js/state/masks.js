/** Which points are drawn and which stand out, as bytes per point. */

/**
 * @param {{count: number, isolated: Iterable<number>|null, hidden: (string|null|true)[], coloring: object}} wanted
 *   `isolated` in stored indices
 * @returns {Uint8Array|null} 1 for points that are drawn; null when all are
 */
export function visibleMask({ count, isolated, hidden, coloring }) {
  if (isolated === null && hidden.length === 0) return null;
  const mask = new Uint8Array(count);
  if (isolated === null) mask.fill(1);
  else for (const i of isolated) mask[i] = 1;
  const gone = coloring.classes.map((one) => hidden.includes(one.key));
  if (coloring.classIndex && gone.includes(true)) {
    for (let i = 0; i < count; i += 1) if (gone[coloring.classIndex[i]]) mask[i] = 0;
  }
  return mask;
}

export const NORMAL = 0;
export const DIM = 1;
export const LIT = 2;

/**
 * What stands out: a class under the pointer, else the selection, else what the search found.
 * @param {{count: number, coloring: object, hoverClass: number, selected: ArrayLike<number>, marked: ArrayLike<number>,
 *   matches: Uint32Array|null}} wanted in stored indices; `hoverClass` -1 for none; `marked`: points the overlay marks itself
 * @returns {Uint8Array|null} NORMAL, DIM or LIT per point; null when nothing stands out
 */
export function litMask({ count, coloring, hoverClass, selected, marked, matches }) {
  const levels = new Uint8Array(count).fill(DIM);
  if (hoverClass >= 0 && coloring.classIndex) {
    for (let i = 0; i < count; i += 1) if (coloring.classIndex[i] === hoverClass) levels[i] = LIT;
    return levels;
  }
  const list = selected.length ? selected : matches;
  if (!list?.length) return null;
  for (let n = 0; n < list.length; n += 1) levels[list[n]] = LIT;
  for (let n = 0; n < marked.length; n += 1) levels[marked[n]] = NORMAL;
  return levels;
}

/**
 * Whether some of what is drawn stands out from the rest; what is lit but not drawn dims nothing.
 * @param {Uint8Array|null} levels
 * @param {Uint8Array|null} visible
 * @returns {boolean}
 */
export function standsOut(levels, visible) {
  if (levels === null) return false;
  const drawn = (i) => visible === null || visible[i] === 1;
  return levels.some((level, i) => level === DIM && drawn(i)) && levels.some((level, i) => level !== DIM && drawn(i));
}
