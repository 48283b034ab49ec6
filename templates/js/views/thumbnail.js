/** The small picture of a point, cut out of a sheet by its place. */

import { make } from './dom.js';

/**
 * @param {Document} document
 * @param {object|null} thumbnails of the embedding: {width, height, place, sheets}
 * @param {number} i stored index
 * @param {number} size CSS px of the longer side
 * @param {boolean} smooth false keeps the pixels of small pictures sharp
 * @returns {HTMLElement|null} null when the embedding has no pictures; an empty square when this row has none
 */
export function thumbnail(document, thumbnails, i, size, smooth) {
  if (!thumbnails) return null;
  const box = make(document, smooth ? 'i.thumb' : 'i.thumb.crisp', { style: { '--t': `${size}px` } });
  const place = thumbnails.place(i);
  if (!place) return box;
  const sheet = thumbnails.sheets[place.sheet];
  const factor = size / Math.max(thumbnails.width, thumbnails.height);
  const left = (size - thumbnails.width * factor) / 2 - place.x * factor;
  const top = (size - thumbnails.height * factor) / 2 - place.y * factor;
  if (thumbnails.width !== thumbnails.height) return framed(document, box, { sheet, place, thumbnails, factor, size });
  box.style.backgroundImage = `url(${sheet.url})`;
  box.style.backgroundSize = `${sheet.width * factor}px ${sheet.height * factor}px`;
  box.style.backgroundPosition = `${left}px ${top}px`;
  return box;
}

/** A picture that is not square stands whole in the middle of the square. */
function framed(document, box, { sheet, place, thumbnails, factor, size }) {
  const width = thumbnails.width * factor;
  const height = thumbnails.height * factor;
  const inner = make(document, 'i');
  Object.assign(inner.style, {
    display: 'block',
    width: `${width}px`,
    height: `${height}px`,
    margin: `${(size - height) / 2}px ${(size - width) / 2}px`,
    backgroundImage: `url(${sheet.url})`,
    backgroundSize: `${sheet.width * factor}px ${sheet.height * factor}px`,
    backgroundPosition: `${-place.x * factor}px ${-place.y * factor}px`,
  });
  box.append(inner);
  return box;
}
