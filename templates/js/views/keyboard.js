/** The keys of the page. Letters work only when no field has the focus. */

import { pan, turn, zoomAt } from '../scene/camera_moves.js';
import { backTo, selectRows, stepBack } from '../state/moves.js';
import { cameraOn } from '../state/placing.js';
import { toggleTheme } from './bar.js';
import { ORDER, dimensionsOf, showMethod, shownProjection } from './projections.js';

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 24;
const ZOOM = 1.25;
const FLIGHT = 12;

/**
 * @param {object} app
 * @param {{focusSearch: () => void, isolateSelection: () => void, addBookmark: () => void, picture: HTMLElement}} actions
 */
export function createKeyboard(app, actions) {
  const { document, store } = app;
  const commands = commandsOf(app, actions);
  const walking = (yes) => () => document.documentElement.classList.toggle('by-keys', yes);
  document.addEventListener('pointerdown', walking(false), { capture: true });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Tab') walking(true)();
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = isField(event.target);
    if (event.key === 'Escape') {
      const patch = stepBack(store.get());
      if (patch) store.set(patch);
      return;
    }
    if (field) return;
    const inPicture = event.target === actions.picture;
    const inList = Boolean(event.target.closest?.('.list'));
    if (event.key in ARROWS && (inPicture || event.target === document.body)) moveCamera(app, event);
    else if (event.key === 'Enter' && (inPicture || inList)) actions.isolateSelection();
    else if (event.key === 'Backspace' && (inPicture || inList || event.target === document.body))
      store.set(oneStepBack(store.get()));
    else if (commands[event.key.length === 1 ? event.key.toLowerCase() : event.key])
      commands[event.key.toLowerCase()]();
    else return;
    event.preventDefault();
  });
}

function oneStepBack(state) {
  return state.hidden.length ? { hidden: [] } : backTo(state, Math.max(0, state.trail.length - 1));
}

function isField(target) {
  const tag = target?.tagName;
  return (
    tag === 'SELECT' || tag === 'TEXTAREA' || (tag === 'INPUT' && target.type !== 'radio' && target.type !== 'range')
  );
}

function commandsOf(app, { focusSearch, addBookmark }) {
  const { store, derived, report } = app;
  const embedding = () => report.embeddings.find((one) => one.id === store.get().embedding);
  const shown = () => shownProjection(embedding(), store.get());
  const flip = (field) => () => store.set({ [field]: !store.get()[field] });
  const zoom = (factor) => () => {
    const { renderer } = derived.get();
    if (renderer) store.set({ camera: zoomAt(renderer.camera, renderer.view, factor) });
  };
  const method = (at) => () => {
    if (!ORDER[at] || embedding().projections.length === 0) return;
    store.set(showMethod(embedding(), ORDER[at], shown().dims) ?? {});
  };
  return {
    '/': focusSearch,
    '?': () => store.set({ panel: store.get().panel === 'keys' ? null : 'keys' }),
    '+': zoom(ZOOM),
    '=': zoom(ZOOM),
    '-': zoom(1 / ZOOM),
    '−': zoom(1 / ZOOM),
    h: () => store.set({ camera: null }),
    f: () => flyToSelection(app),
    1: method(0),
    2: method(1),
    3: method(2),
    v: () => otherDimensions(app, embedding(), shown()),
    i: () => {
      if (embedding().sprite) flip('images')();
    },
    t: flip('labels'),
    l: () => {
      if (embedding().lines !== null) flip('lines')();
    },
    o: flip('orbit'),
    d: () => toggleTheme(app),
    b: addBookmark,
    g: () => grow(app),
  };
}

function otherDimensions({ store }, embedding, { method, dims }) {
  const other = dimensionsOf(embedding, method).find((one) => one !== dims);
  if (other) store.set(showMethod(embedding, method, other));
}

function grow({ store, derived }) {
  const { dataset, neighbors } = derived.get();
  const { focus } = store.get();
  if (focus !== null && neighbors) store.set(selectRows([focus, ...neighbors.indices.map(dataset.rowOf)]));
}

/** Brings the selection, with listed neighbors, into the middle. */
function flyToSelection({ store, derived }) {
  const { dataset, placed, neighbors, matches } = derived.get();
  const { selection, focus } = store.get();
  if (!placed || !dataset) return;
  const chosen = selection.length
    ? [...dataset.indices(selection), ...(focus === null ? [] : (neighbors?.indices ?? []))]
    : [...(matches?.indices ?? [])];
  if (chosen.length) store.set({ camera: cameraOn(placed, chosen, FLIGHT) });
}

function moveCamera({ store, derived }, event) {
  const { renderer } = derived.get();
  if (!renderer) return;
  const [dx, dy] = ARROWS[event.key].map((sign) => sign * STEP);
  const pans = event.shiftKey || renderer.flat;
  store.set({
    camera: pans ? pan(renderer.camera, renderer.view, -dx, -dy) : turn(renderer.camera, dx, dy),
    orbit: false,
  });
}
