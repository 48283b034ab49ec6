/** Turning slowly by itself, until somebody touches the picture. */

const DEGREES_A_SECOND = 4;

/**
 * @param {object} app
 */
export function createOrbit({ window, store, derived, watch }) {
  let last = 0;

  function step(time) {
    const { renderer } = derived.get();
    if (!store.get().orbit || !renderer) return;
    if (!renderer.flat) {
      const passed = Math.min(100, time - (last || time));
      const { camera } = renderer;
      renderer.setCamera({ ...camera, yaw: camera.yaw + (DEGREES_A_SECOND * Math.PI * passed) / 180000 });
    }
    last = time;
    window.requestAnimationFrame(step);
  }

  watch(
    (state, { renderer }) => [state.orbit, renderer],
    (on, renderer) => {
      if (!renderer) return;
      if (on && window.matchMedia('(prefers-reduced-motion: reduce)').matches) store.set({ orbit: false });
      else if (on) {
        last = 0;
        window.requestAnimationFrame(step);
      } else if (last) store.set({ camera: renderer.camera });
    },
  );
}
