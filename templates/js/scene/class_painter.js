/** Writes the names of the classes into the picture, frame after frame. */

import { classMembers, classSpot, nameOpacity, placeName } from './class_names.js';
import { shortened, write } from './text.js';

/**
 * @param {(pen: CanvasRenderingContext2D, font: string, words: string) => number} ruler
 * @returns {(pen: CanvasRenderingContext2D, scene: object, taken: number[][], bounds: object) => void} paint; scene as overlay.paint
 *   takes it, with classes; boxes of the names are added to taken.
 */
export function createClassPainter(ruler) {
  const shifts = new Map();
  let members = null, known = [];

  function membersOf({ renderer, classes }) {
    const now = [renderer.contentVersion, classes.codes, classes.names, classes.lit];
    if (!members || now.some((value, k) => value !== known[k])) {
      known = now;
      members = classMembers({ ...classes, mask: renderer.mask(), stride: renderer.stride });
    }
    return members;
  }

  return (pen, scene, taken, bounds) => {
    const { renderer, classes, theme, small } = scene, font = `600 ${small ? 12 : 14}px ${theme.font}`;
    for (const [code, sample] of membersOf(scene)) {
      const places = sample.map(renderer.place).filter((at) => at !== null);
      if (places.length === 0) continue;
      const spot = classSpot(places, bounds), opacity = nameOpacity(spot.share), name = shortened(classes.names[code]);
      const at = opacity > 0 ? placeName(spot, ruler(pen, font, name), taken, bounds, shifts.get(code)) : null;
      if (!at) continue;
      shifts.set(code, at.shift);
      pen.globalAlpha = opacity;
      pen.textAlign = 'center';
      write(pen, name, at.x, at.y + 4, { color: theme.ink, paper: theme.paper, halo: 5 });
      pen.globalAlpha = 1;
    }
  };
}
