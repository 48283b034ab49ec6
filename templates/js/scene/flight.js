/** Values that ease from what is on the screen to what is wanted. */

function bezier(a, b, t) {
  return 3 * a * t * (1 - t) ** 2 + 3 * b * t * t * (1 - t) + t ** 3;
}

/**
 * The easing cubic-bezier(.2, 0, 0, 1) of panels and camera.
 * @param {number} time 0 to 1.
 * @returns {number} 0 to 1.
 */
export function calm(time) {
  let low = 0, high = 1;
  for (let step = 0; step < 24; step++) {
    const middle = (low + high) / 2;
    if (bezier(0.2, 0, middle) < time) low = middle; else high = middle;
  }
  return bezier(0, 1, (low + high) / 2);
}

/**
 * The easing of morphs between projections.
 * @param {number} time 0 to 1.
 * @returns {number} 0 to 1.
 */
export function cubicOut(time) {
  return 1 - (1 - time) ** 3;
}

/**
 * @template T
 * @param {T} first
 * @param {(from: T, to: T, t: number) => T} mix
 * @param {(time: number) => number} ease
 * @returns {{set: (to: T, milliseconds: number, now: number) => void, at: (now: number) => T, goal: () => T, flying: (now: number) => boolean}}
 *   set starts from where the value is at `now`; 0 milliseconds is a cut.
 */
export function createFlight(first, mix, ease) {
  let from = first, to = first, start = 0, span = 0;
  const flying = (now) => span > 0 && now < start + span;
  const at = (now) => (flying(now) ? mix(from, to, ease(Math.max(0, (now - start) / span))) : to);
  return {
    set(goal, milliseconds, now) {
      from = at(now);
      to = goal;
      start = now;
      span = milliseconds;
    },
    at,
    goal: () => to,
    flying,
  };
}
