/**
 * Finished tiles, kept on small canvases: cutting, framing and scaling an image is paid once, not per frame. Small, because a
 * browser copies a whole canvas when it changes after it was drawn from.
 */

import { LARGEST } from './tiles.js';

const GAP = 1.5;
const EDGE = 1.5;
const RADIUS = 4;
const ACROSS = 8;
const PER_PAGE = ACROSS * ACROSS;
const SLOTS = 25 * PER_PAGE;

/** Draws one tile with its middle at x, y. */
function frameTile(pen, x, y, thumbnails, spot, hue, paper) {
  const { width, height, sheets } = thumbnails, unit = LARGEST / Math.max(width, height);
  const wide = width * unit, high = height * unit, left = x - wide / 2, top = y - high / 2;
  pen.beginPath();
  pen.roundRect(left, top, wide, high, RADIUS);
  pen.lineWidth = EDGE + 2 * GAP;
  pen.strokeStyle = paper;
  pen.stroke();
  pen.fillStyle = paper;
  pen.fill();
  pen.save();
  pen.clip();
  pen.drawImage(sheets[spot.sheet].image, spot.x, spot.y, width, height, left, top, wide, high);
  pen.restore();
  pen.lineWidth = EDGE;
  pen.strokeStyle = hue;
  pen.stroke();
}

/**
 * @param {Document} document
 * @param {number} ratio Device pixels per CSS pixel.
 * @returns {{paint: (pen: CanvasRenderingContext2D, tiles: {i: number, x: number, y: number, size: number}[], thumbnails: object,
 *   hue: (i: number) => string, paper: string) => void}} paint draws the tiles in the given order, their size scaled down from the
 *   largest one. thumbnails: as the embedding gives them, `smooth` false for images that keep their square pixels.
 */
export function createTileSheet(document, ratio) {
  const side = LARGEST + EDGE + 2 * GAP + 2;
  let pages = [], slots = new Map(), owners = [], next = 0, source = null, round = 0;

  function reset(thumbnails) {
    pages = [];
    slots = new Map();
    owners = new Array(SLOTS).fill(null);
    next = 0;
    source = thumbnails;
  }

  /** The page of a slot and its corner there, CSS pixels; pages are made when first needed. */
  function cellOf(slot) {
    const index = Math.floor(slot / PER_PAGE), cell = slot % PER_PAGE, long = Math.ceil(ACROSS * side * ratio);
    if (!pages[index]) {
      const page = Object.assign(document.createElement('canvas'), { width: long, height: long }), brush = page.getContext('2d');
      brush.setTransform(ratio, 0, 0, ratio, 0, 0);
      brush.imageSmoothingEnabled = source.smooth ?? source.width >= 24;
      brush.imageSmoothingQuality = 'high';
      pages[index] = { page, brush };
    }
    return { ...pages[index], left: (cell % ACROSS) * side, top: Math.floor(cell / ACROSS) * side };
  }

  /** The oldest slot that this round does not use. */
  function freeSlot() {
    for (let tried = 0; tried < SLOTS; tried++) {
      const slot = next;
      next = (next + 1) % SLOTS;
      if (owners[slot]?.round !== round) return slot;
    }
    return -1;
  }

  function slotOf(i, thumbnails, hue, paper) {
    const key = `${i} ${hue} ${paper}`, known = slots.get(key);
    if (known !== undefined) {
      owners[known].round = round;
      return known;
    }
    const slot = freeSlot(), spot = thumbnails.place(i);
    if (slot < 0 || !spot) return -1;
    if (owners[slot]) slots.delete(owners[slot].key);
    owners[slot] = { key, round };
    slots.set(key, slot);
    const { brush, left, top } = cellOf(slot);
    brush.clearRect(left, top, side, side);
    frameTile(brush, left + side / 2, top + side / 2, thumbnails, spot, hue, paper);
    return slot;
  }

  function paint(pen, tiles, thumbnails, hue, paper) {
    if (source !== thumbnails) reset(thumbnails);
    round += 1;
    const chosen = tiles.map((tile) => slotOf(tile.i, thumbnails, hue(tile.i), paper));
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = 'low';
    tiles.forEach(({ x, y, size }, k) => {
      if (chosen[k] < 0) return;
      const { page, left, top } = cellOf(chosen[k]), drawn = side * size / LARGEST;
      pen.drawImage(page, left * ratio, top * ratio, side * ratio, side * ratio, x - drawn / 2, y - drawn / 2, drawn, drawn);
    });
  }

  return { paint };
}
