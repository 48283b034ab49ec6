/** Paints round, antialiased points into pixels in memory. */

const AGAIN = 255;

/** One channel-wise "over" of a color with coverage alpha (0 to 1) on straight (not premultiplied) pixels. */
function over(pixels, at, r, g, b, alpha) {
  const below = pixels[at + 3];
  if (below === 0) {
    pixels[at] = r; pixels[at + 1] = g; pixels[at + 2] = b; pixels[at + 3] = alpha * 255 + 0.5;
    return;
  }
  const rest = below === AGAIN ? 1 - alpha : below / 255 * (1 - alpha), sum = alpha + rest, share = alpha / sum;
  pixels[at] += (r - pixels[at]) * share;
  pixels[at + 1] += (g - pixels[at + 1]) * share;
  pixels[at + 2] += (b - pixels[at + 2]) * share;
  pixels[at + 3] = sum * 255 + 0.5;
}

const clampOne = (value) => (value < 0 ? 0 : value > 1 ? 1 : value);

/**
 * @param {{data: Uint8ClampedArray, width: number, height: number}} image As ImageData: straight alpha.
 * @param {number} x Center in pixels; the middle of the first pixel is at .5.
 * @param {number} y
 * @param {number} radius
 * @param {number[]|Uint8Array} color red, green, blue, 0 to 255.
 * @param {number} alpha 0 to 1.
 * @param {number} [ring] Thickness of a hollow point; 0 paints a disc.
 */
export function paintPoint(image, x, y, radius, color, alpha, ring = 0) {
  const { data, width, height } = image, reach = radius + 0.5;
  const left = Math.max(0, Math.floor(x - reach)), right = Math.min(width - 1, Math.floor(x + reach));
  const top = Math.max(0, Math.floor(y - reach)), bottom = Math.min(height - 1, Math.floor(y + reach));
  const r = color[0], g = color[1], b = color[2], inner = ring > 0 ? radius - ring + 0.5 : -1;
  for (let row = top; row <= bottom; row++) {
    const dy = row + 0.5 - y;
    for (let column = left; column <= right; column++) {
      const dx = column + 0.5 - x, distance = Math.sqrt(dx * dx + dy * dy);
      if (distance >= reach) continue;
      const whole = clampOne(reach - distance), hole = clampOne(inner - distance);
      const cover = alpha * whole * (1 - hole);
      if (cover > 0.004) over(data, 4 * (row * width + column), r, g, b, cover);
    }
  }
}
