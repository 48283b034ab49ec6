/** How many points may be drawn per frame while something moves, learned from the time of the frames. */

/**
 * @param {{goal?: number, start?: number, least?: number}} [wishes] goal: milliseconds of a frame; start: points of the first
 *   moving frame; least: points always drawn.
 * @returns {{budget: () => number, learn: (milliseconds: number, drawn: number) => void}} learn takes the time from one moving
 *   frame to the next and the points drawn in it.
 */
export function createPace({ goal = 30, start = 40000, least = 4000 } = {}) {
  let budget = start, calm = 0;
  return {
    budget: () => Math.round(budget),
    learn(milliseconds, drawn) {
      if (!(milliseconds > 0) || milliseconds > 2000) return;
      if (milliseconds > 1.35 * goal) {
        calm = 0;
        budget = Math.max(least, Math.min(budget, drawn) * Math.max(0.4, goal / milliseconds));
      } else if (milliseconds < 0.8 * goal && drawn >= 0.9 * budget) {
        calm += 1;
        if (calm >= 2) budget *= 1.25;
      }
    },
  };
}
