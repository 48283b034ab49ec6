/** Blocks back into bytes: base64, inflate, byte planes, zigzag. Format: embreport/page/payload. */

/**
 * @param {string} text base64
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromBase64(text) {
  if (typeof Uint8Array.fromBase64 === 'function') return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes raw deflate (RFC 1951)
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Reads a block's bytes from front to back and refuses to read past their end. */
export class ByteReader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  /**
   * @param {number} length
   * @returns {Uint8Array} a view, not a copy
   */
  take(length) {
    const end = this.at + length;
    if (!Number.isSafeInteger(length) || length < 0 || end > this.bytes.length) {
      throw new Error('A block is shorter than its description.');
    }
    const part = this.bytes.subarray(this.at, end);
    this.at = end;
    return part;
  }

  /**
   * Unsigned integers in byte planes: all lowest bytes, then all next ones.
   * @param {number} count
   * @param {number} width bytes each, 1 to 4
   * @returns {Uint32Array}
   */
  integers(count, width) {
    if (!(width >= 1 && width <= 4)) throw new Error('A block has integers of an unknown width.');
    const planes = this.take(count * width);
    const values = new Uint32Array(count);
    for (let plane = 0; plane < width; plane++) {
      const start = plane * count;
      const shift = 8 * plane;
      for (let i = 0; i < count; i++) values[i] |= planes[start + i] << shift;
    }
    return values;
  }
}

/**
 * Small unsigned numbers back to small signed ones: 0, 1, 2, 3 become 0, -1, 1, -2.
 * @param {number} value
 * @returns {number}
 */
export function unzigzag(value) {
  return (value >>> 1) ^ -(value & 1);
}
