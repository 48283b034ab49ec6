/** Words on the picture: measured once, written with a halo of paper. */

const MOST_WIDTHS = 4000;
const LONGEST = 32;

/**
 * @param {string} words
 * @returns {string} At most 32 characters, on one line.
 */
export function shortened(words) {
  const line = words.replace(/\s+/g, ' ').trim(), letters = [...line.slice(0, 4 * LONGEST)];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join('').trimEnd()}…` : line;
}

/**
 * @returns {(pen: CanvasRenderingContext2D, font: string, words: string) => number} Width in CSS pixels; sets the pen's font.
 */
export function createRuler() {
  const widths = new Map();
  return (pen, font, words) => {
    pen.font = font;
    const key = `${font}\n${words}`;
    if (!widths.has(key)) {
      if (widths.size > MOST_WIDTHS) widths.clear();
      widths.set(key, pen.measureText(words).width);
    }
    return widths.get(key);
  };
}

/**
 * Writes with the pen's font and alignment.
 * @param {CanvasRenderingContext2D} pen
 * @param {string} words
 * @param {number} x
 * @param {number} y Baseline.
 * @param {{color: string, paper: string, halo: number}} look
 */
export function write(pen, words, x, y, { color, paper, halo }) {
  pen.lineJoin = 'round';
  pen.lineWidth = halo;
  pen.strokeStyle = paper;
  pen.strokeText(words, x, y);
  pen.fillStyle = color;
  pen.fillText(words, x, y);
}
