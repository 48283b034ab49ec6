/** Paints image tiles at the points, frame after frame. */

import { createTileSheet } from './tile_sheet.js';
import { frontPoints, layTiles } from './tiles.js';

/**
 * @param {Document} document
 * @param {number} ratio Device pixels per CSS pixel.
 * @returns {(pen: CanvasRenderingContext2D, scene: object, bounds: object) => Set<number>} paint; scene as overlay.paint takes it.
 *   Gives the points that have a tile. While the picture moves the same points keep theirs; at rest the front ones are chosen anew.
 */
export function createTilePainter(document, ratio) {
  const sheet = createTileSheet(document, ratio);
  let chosen = [];
  return (pen, { renderer, tiles, theme, hue, reserved }, bounds) => {
    if (!tiles) chosen = [];
    else if (!renderer.busy || chosen.length === 0) {
      chosen = frontPoints({ screen: renderer.projectAll(), mask: renderer.mask(), bounds, has: (i) => tiles.place(i) !== null });
    }
    if (chosen.length === 0) return new Set();
    const laid = layTiles(chosen, { place: renderer.place, reserved, cue: renderer.flat ? 0 : 1 });
    sheet.paint(pen, laid, tiles, hue, theme.paper);
    return new Set(laid.map((tile) => tile.i));
  };
}
