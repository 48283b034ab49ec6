/** Calls back once per animation frame, and only when something asked for it. */

const HIDDEN_WAIT = 250;

/**
 * @param {Window} window
 * @param {(now: number) => void} draw
 * @returns {{request: () => void, after: (callback: (now: number) => void) => void, stop: () => void}} request: draw in the next
 *   frame; after: call back in the frame that follows. A timer stands in where the browser shows no frames.
 */
export function createFrameLoop(window, draw) {
  let pending = null, stopped = false;

  function schedule(callback) {
    let done = false, timer = 0;
    const run = (now) => {
      if (done) return;
      done = true;
      window.clearTimeout(timer);
      if (!stopped) callback(now);
    };
    window.requestAnimationFrame(run);
    if (window.document.hidden) timer = window.setTimeout(() => run(window.performance.now()), HIDDEN_WAIT);
    return run;
  }

  return {
    request() {
      pending ??= schedule((now) => { pending = null; draw(now); });
    },
    after: (callback) => { schedule(callback); },
    stop() { stopped = true; },
  };
}
