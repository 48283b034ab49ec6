/** Marks at single points: lines, dots, rings. Places are {x, y} in CSS pixels. */

const WHOLE = 2 * Math.PI;
const HALO = 1.6;

/** Paper between a ring and the point inside it. */
export const GAP = 2.5;

/** A straight line one pixel wide. */
export function line(pen, from, to, color, alpha) {
  pen.globalAlpha = alpha;
  pen.strokeStyle = color;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(from.x, from.y);
  pen.lineTo(to.x, to.y);
  pen.stroke();
  pen.globalAlpha = 1;
}

/** A filled circle. */
export function disc(pen, at, radius, color) {
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(at.x, at.y, Math.max(0, radius), 0, WHOLE);
  pen.fill();
}

/** A dot of full hue with a halo of paper: a neighbor. */
export function dot(pen, { x, y, radius }, hue, paper) {
  disc(pen, { x, y }, radius + HALO, paper);
  disc(pen, { x, y }, radius, hue);
}

/** Paper, ring, paper gap and the point's own hue; `radius` is that of the ring's inner edge. */
export function ring(pen, { x, y, radius }, color, paper, hue) {
  disc(pen, { x, y }, radius + 4, paper);
  disc(pen, { x, y }, radius + 2, color);
  disc(pen, { x, y }, radius, paper);
  disc(pen, { x, y }, radius - GAP, hue);
}
