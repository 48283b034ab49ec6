/** The colors of the data: ten hues for classes, a sequential scale, and their neighbors in both themes. */

/** @typedef {[number, number, number]} Color sRGB, 0 to 255 */

/**
 * @param {string} hex such as "#0951a9"
 * @returns {Color}
 */
export function colorOf(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** @param {Color} color */
export function hexOf(color) {
  return `#${color.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}

const colors = (text) => text.split(' ').map(colorOf);

/** Classes take the hues in this order, most frequent first; the same place means the same class in both themes. */
export const PALETTES = {
  light: {
    paper: colorOf('#fafaf8'),
    ink: colorOf('#17191c'),
    edge: colorOf('#858a91'),
    other: colorOf('#9a9fa6'),
    classes: colors('#0951a9 #da986a #078773 #8e295e #8a4ede #a18b16 #26b0fe #9d6631 #535800 #ca55ae'),
    sequential: colors('#d2bd70 #91b66a #36a980 #088f94 #00729f #204a90 #302171'),
  },
  dark: {
    paper: colorOf('#111316'),
    ink: colorOf('#eceef1'),
    edge: colorOf('#6a707a'),
    other: colorOf('#6d737c'),
    classes: colors('#4d77f9 #cc8f3e #a9e6b9 #fd5da9 #9e89e3 #f0d860 #59cafb #be6839 #a1c280 #e7a4c8'),
    sequential: colors('#483e90 #3661a9 #0e84b7 #10a8ae #58c69b #afda8f #f7ea9b'),
  },
};

/**
 * @param {Color} a
 * @param {Color} b
 * @param {number} share of b, 0 to 1
 * @returns {Color}
 */
export function mix(a, b, share) {
  return a.map((value, i) => value + (b[i] - value) * share);
}
