/**
 * Texts joined by line breaks. Texts may hold line breaks themselves: then their counts follow.
 * @param {import('./bytes.js').ByteReader} reader
 * @param {number} count
 * @param {{bytes: number, breaks: number}} layout
 * @returns {{joined: string, starts: Uint32Array}} text i is joined.slice(starts[i], starts[i + 1] - 1)
 */
export function decodeTexts(reader, count, layout) {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const joined = decoder.decode(reader.take(layout.bytes));
  const breaks = layout.breaks ? reader.integers(count, layout.breaks) : null;
  const starts = new Uint32Array(count + 1);
  let at = -1;
  for (let i = 0; i < count; i++) {
    starts[i] = at + 1;
    for (let left = breaks ? breaks[i] : 0; left >= 0; left--) {
      at = joined.indexOf('\n', at + 1);
      if (at < 0) {
        if (left > 0 || i < count - 1) throw new Error('A column has too few cells.');
        at = joined.length;
      }
    }
  }
  if (count && at !== joined.length) throw new Error('A column has too many cells.');
  starts[count] = joined.length + 1;
  return { joined, starts };
}

/**
 * @param {{joined: string, starts: Uint32Array}} texts
 * @param {number} i
 * @returns {string}
 */
export function textAt(texts, i) {
  return texts.joined.slice(texts.starts[i], texts.starts[i + 1] - 1);
}

/**
 * @param {Array<string>} list
 * @returns {{joined: string, starts: Uint32Array}}
 */
export function joinTexts(list) {
  const starts = new Uint32Array(list.length + 1);
  let at = 0;
  list.forEach((text, i) => {
    starts[i] = at;
    at += text.length + 1;
  });
  starts[list.length] = list.length ? at : 1;
  return { joined: list.join('\n'), starts };
}
