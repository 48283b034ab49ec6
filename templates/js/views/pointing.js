/** Pointing at the picture: the point under the pointer, clicks that select, drags that move the camera. */

import { createControls } from '../scene/controls.js';
import { createPicker } from '../scene/picking.js';
import { clearSelection, extendSelection, selectRow } from '../state/moves.js';

const RADIUS = 8;

/**
 * @param {object} app
 * @param {{overlay: HTMLCanvasElement, renderer: object}} parts
 * @returns {{inPicture: () => boolean}} whether the pointer is what hovers, not the focus of a list
 */
export function createPointing(app, { overlay, renderer }) {
  const { store, derived, watch } = app;
  const picker = createPicker();
  let picked = -1;
  let pointing = false;

  function pick(x, y) {
    const { dataset } = derived.get();
    if (!dataset) return -1;
    if (picked !== renderer.version) picker.build(renderer.projectAll(), renderer.mask(), dataset.embedding.rows);
    picked = renderer.version;
    return picker.nearest(x, y, RADIUS);
  }

  function hover(i) {
    pointing = i !== null;
    derived.set({ hovered: i ?? -1 });
  }

  createControls({
    element: overlay,
    getCamera: () => renderer.camera,
    getView: () => renderer.view,
    isFlat: () => renderer.flat,
    setCamera: (camera) => renderer.setCamera(camera),
    onHover: (x, y) => hover(pick(x, y)),
    onLeave: () => hover(null),
    onTap: (x, y, event) => {
      overlay.focus({ preventScroll: true });
      const i = pick(x, y);
      hover(null);
      store.set({ ...tapped(app, i, event), orbit: false });
    },
    onMoveStart: () => {
      renderer.moving(true);
      if (store.get().orbit) store.set({ orbit: false });
    },
    onMoveEnd: () => {
      renderer.moving(false);
      store.set({ camera: renderer.camera });
    },
  });
  overlay.addEventListener('pointerleave', () => hover(null));
  watch(
    (_, { hovered }) => [pointing && hovered >= 0],
    (over) => {
      overlay.style.cursor = over ? 'pointer' : 'grab';
    },
  );
  return { inPicture: () => pointing };
}

/** What a click changes: nothing under it clears, Ctrl adds. */
function tapped({ store, derived }, i, event) {
  const { dataset } = derived.get();
  if (i < 0 || !dataset) return clearSelection();
  const row = dataset.rowOf(i);
  return event.ctrlKey || event.metaKey ? extendSelection(store.get(), row) : selectRow(row);
}
