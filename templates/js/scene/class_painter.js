/** Writes the names of the classes into the picture, frame after frame. */

import { bulkBox, classMembers, classSpot, hidesClass, nameOpacity, placeName, shiftsBeside, shiftsOver } from './class_names.js';
import { shortened, write } from './text.js';

/** Where the points of a class are on the screen, and the largest radius among them. */
function onScreen(renderer, sample) {
  const places = sample.map(renderer.place), radii = sample.map((i, k) => (places[k] ? renderer.radius(i, places[k].depth) : 0));
  return { places: places.filter((at) => at !== null), radius: Math.max(...radii) };
}

/**
 * @param {(pen: CanvasRenderingContext2D, font: string, words: string) => number} ruler
 * @returns {(pen: CanvasRenderingContext2D, scene: object, taken: number[][], bounds: object) => void} paint; scene as overlay.paint
 *   takes it, with classes; boxes of the names are added to taken.
 */
export function createClassPainter(ruler) {
  const before = new Map();
  let members = null, known = [];

  function membersOf({ renderer, classes }) {
    const now = [renderer.contentVersion, classes.codes, classes.names, classes.lit];
    if (!members || now.some((value, k) => value !== known[k])) {
      known = now;
      members = classMembers({ ...classes, mask: renderer.mask(), stride: renderer.stride });
    }
    return members;
  }

  /** The classes to name; `bulk` of one that its name would hide: the box that names leave free. */
  function* namesOf(pen, font, scene, bounds) {
    const { renderer, classes } = scene;
    for (const [code, sample] of membersOf(scene)) {
      const { places, radius } = onScreen(renderer, sample);
      if (places.length === 0) continue;
      const spot = classSpot(places, bounds), name = shortened(classes.names[code]), width = ruler(pen, font, name);
      const given = [spot, width, places, radius], beside = hidesClass(...given, before.get(code)?.beside);
      const bulk = beside ? bulkBox(...given) : null, shifts = beside ? shiftsBeside(...given) : shiftsOver();
      yield { code, spot, name, width, beside, bulk, shifts, opacity: nameOpacity(spot.share) };
    }
  }

  return (pen, scene, taken, bounds) => {
    const { theme, small } = scene, font = `600 ${small ? 12 : 14}px ${theme.font}`;
    const named = [...namesOf(pen, font, scene, bounds)];
    for (const { code, spot, name, width, beside, bulk, shifts, opacity } of named) {
      const others = named.flatMap((one) => (one.bulk && one.bulk !== bulk ? [one.bulk] : []));
      const at = opacity > 0 ? placeName(spot, width, shifts, [...taken, ...others], bounds, before.get(code)?.choice) : null;
      before.set(code, { beside, choice: at?.choice });
      if (!at) continue;
      taken.push(at.box);
      pen.globalAlpha = opacity;
      pen.textAlign = 'center';
      write(pen, name, at.x, at.y + 4, { color: theme.ink, paper: theme.paper, halo: 5 });
      pen.globalAlpha = 1;
    }
  };
}
