/** Figures of single points, to color by: of the picture on the screen, and of every point whatever the picture. */

/**
 * @typedef {object} Figure
 * @property {number} index
 * @property {string} name as state.colorBy names it
 * @property {string} title
 * @property {"share"|"count"|"distance"|"norm"|"ratio"} unit
 * @property {string|null} projection the one it is about
 */

/**
 * @param {{columns: {name: string}[], figures: Figure[]}} embedding
 * @param {string|null} name
 * @returns {Figure|null}
 */
export function figureOf({ figures }, name) {
  return figures.find((one) => one.name === name) ?? null;
}

/**
 * @param {{figures: Figure[]}} embedding
 * @param {string|null} drawn name of the projection on the screen
 * @returns {{picture: Figure[], point: Figure[]}} what can be offered beside that picture
 */
export function offeredFigures({ figures }, drawn) {
  return {
    picture: figures.filter((one) => one.projection !== null && one.projection === drawn),
    point: figures.filter((one) => one.projection === null),
  };
}

/**
 * Another picture is drawn: a figure of the old one gives way to the same figure of the new one.
 * @param {{figures: Figure[]}} embedding
 * @param {string|null} colorBy
 * @param {{before: string|null, now: string|null}} drawn names of projections
 * @returns {string|null} what then colors the points; the same where the new picture has no such figure
 */
export function followPicture(embedding, colorBy, { before, now }) {
  const figure = figureOf(embedding, colorBy);
  if (!figure || figure.projection === null || figure.projection !== before || before === now) return colorBy;
  const stem = (name) => name.slice(0, name.lastIndexOf('@'));
  const same = embedding.figures.find((one) => one.projection === now && stem(one.name) === stem(figure.name));
  return same?.name ?? colorBy;
}
