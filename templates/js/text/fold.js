/** Text made comparable: NFKC, then case folded. Accents stay, as they tell words apart. */

const ASCII = /^[\0-\x7f]*$/;
const SEGMENTS = /[^\p{M}]\p{M}*|\p{M}+/gsu;

/**
 * @param {string} text
 * @returns {string} equal for texts that differ only in case or compatibility form
 */
export function fold(text) {
  if (ASCII.test(text)) return text.toLowerCase();
  return text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC');
}

/**
 * Folds many cells joined by line feeds at once and keeps where each begins.
 * @param {string} joined
 * @param {Uint32Array} starts offset of every cell in `joined`, and one past the end of the last
 * @param {(text: string) => string} [change] the folding, which must keep line feeds as they are
 * @returns {{text: string, starts: Uint32Array}}
 */
export function foldJoined(joined, starts, change = fold) {
  const text = change(joined);
  if (text.length === joined.length && ASCII.test(joined)) return { text, starts };
  const moved = new Uint32Array(starts.length);
  let before = -1;
  let after = -1;
  for (let i = 0; i < starts.length; i += 1) {
    const target = starts[i] - 1;
    while (before < Math.min(target, joined.length)) {
      const next = joined.indexOf('\n', before + 1);
      before = next < 0 ? joined.length : next;
      const nextAfter = text.indexOf('\n', after + 1);
      after = nextAfter < 0 ? text.length : nextAfter;
    }
    moved[i] = after + 1;
  }
  return { text, starts: moved };
}

/**
 * Where each UTF-16 unit of the changed text comes from.
 * @param {string} text
 * @param {(text: string) => string} [change]
 * @returns {{text: string, origin: Uint32Array}} origin[j]: offset in the given text; one entry past the end
 */
export function foldWithOrigin(text, change = fold) {
  const whole = change(text);
  const pieces = text.match(SEGMENTS) ?? [];
  const origin = [];
  let built = '';
  let offset = 0;
  for (const piece of pieces) {
    const changed = change(piece);
    for (let j = 0; j < changed.length; j += 1) origin.push(offset);
    built += changed;
    offset += piece.length;
  }
  if (built !== whole) return { text: whole, origin: new Uint32Array(0) };
  origin.push(text.length);
  return { text: whole, origin: Uint32Array.from(origin) };
}
