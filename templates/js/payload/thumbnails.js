/**
 * Thumbnails of an embedding.
 * @typedef {object} Thumbnails
 * @property {number} width of a tile, px
 * @property {number} height
 * @property {boolean} smooth
 * @property {(i: number) => {sheet: number, x: number, y: number}|null} place of a stored row, null without image
 * @property {Array<{image: ImageBitmap|null, url: string, width: number, height: number}>} sheets
 */

/**
 * @param {any} sprite the embedding's sprite in the manifest
 * @param {Uint32Array} rowOf source row of every stored row
 * @param {(id: string) => Promise<Uint8Array<ArrayBuffer>>} bytesOf a block's bytes
 * @returns {Promise<Thumbnails>}
 */
export async function openThumbnails(sprite, rowOf, bytesOf) {
  const tiles = numberTiles(rowOf, sprite.below, sprite.stored);
  const sheets = [];
  for (const sheet of sprite.sheets) {
    const blob = new Blob([await bytesOf(sheet.block)], { type: sheet.type });
    sheets.push({
      image: typeof createImageBitmap === 'function' ? await createImageBitmap(blob) : null,
      url: URL.createObjectURL(blob),
      width: sheet.width,
      height: sheet.height,
    });
  }
  return {
    width: sprite.width,
    height: sprite.height,
    smooth: sprite.smooth,
    sheets,
    place: (i) => (tiles[i] < 0 ? null : placeOf(tiles[i], sprite)),
  };
}

/**
 * The tile of every stored row, -1 for rows without image: only the first `stored` rows have one, if their source row is
 * below `below`.
 * @param {Uint32Array} rowOf
 * @param {number} below
 * @param {number} [stored]
 * @returns {Int32Array}
 */
export function numberTiles(rowOf, below, stored = rowOf.length) {
  const tiles = new Int32Array(rowOf.length);
  let next = 0;
  for (let i = 0; i < rowOf.length; i++) tiles[i] = i < stored && rowOf[i] < below ? next++ : -1;
  return tiles;
}

/**
 * @param {number} tile
 * @param {{width: number, height: number, columns: number, perSheet: number}} sprite
 * @returns {{sheet: number, x: number, y: number}}
 */
export function placeOf(tile, sprite) {
  const within = tile % sprite.perSheet;
  return {
    sheet: Math.floor(tile / sprite.perSheet),
    x: (within % sprite.columns) * sprite.width,
    y: Math.floor(within / sprite.columns) * sprite.height,
  };
}
