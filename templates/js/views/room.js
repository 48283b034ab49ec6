/** How much room the picture has: measures the panels around it and tells when they change. */

import { NARROW, freeRectangle, placeStillPicture } from './layout.js';
import { panelOf } from './inspector.js';
import { fitHome } from '../scene/camera.js';
import { drawnName } from '../state/drawn.js';

/**
 * @param {object} app
 * @param {{stage: HTMLElement, tabs: HTMLElement, legend: HTMLElement, tools: HTMLElement, side: HTMLElement}} parts
 * @returns {object} size, free, shown, reserved, triad: the measures at present; onChange: told after each change
 */
export function createRoom(app, parts) {
  const { window, document, store, report, watch } = app;
  const listeners = new Set();
  const narrow = () => window.innerWidth <= NARROW;
  const open = () => panelOf(store.get()) !== null;
  let measured = null;
  const now = () => (measured ??= measure(parts, { narrow: narrow(), open: open(), bottom: window.innerHeight }));

  function changed(eased) {
    measured = null;
    arrange(app, now(), narrow());
    for (const listener of listeners) listener(eased);
  }

  new window.ResizeObserver(() => changed(false)).observe(parts.stage);
  watch(
    (state) => [state.embedding, panelOf(state) !== null, panelOf(state) === 'figures', state.trail, state.hidden],
    () => changed(true),
  );
  watch(
    (state, { coloring }) => [coloring, state.projection, state.components, state.spherize],
    () => changed(true),
  );

  return {
    size: () => ({ width: now().width, height: now().height }),
    free: () => now().free,
    /** Where anything can be seen: not below an open inspector or sheet. */
    shown: () => ({ left: 0, top: 0, right: now().width - now().sideWidth, bottom: now().height - now().sheet }),
    reserved: () => Object.values(now().boxes).filter(Boolean),
    triad: () => triadPlace(now(), narrow(), open()),
    changed,
    onChange: (listener) => listeners.add(listener),
    still: () => placeStill(document, report, store.get(), now()),
  };
}

/** Sizes and places in CSS px of the picture; boxes as [left, top, width, height], null for what is not shown. */
function measure({ stage, tabs, legend, tools, side }, { narrow, open, bottom }) {
  const box = stage.getBoundingClientRect();
  const width = Math.max(1, box.width);
  const height = Math.max(1, box.height);
  const within = (element) => {
    const own = element.getBoundingClientRect();
    return own.width && own.height ? [own.left - box.left, own.top - box.top, own.width, own.height] : null;
  };
  const caption = within(stage.parentElement.querySelector('figcaption'));
  const boxes = { tabs: within(tabs), legend: within(legend), tools: within(tools), caption };
  const sheet = narrow && open ? side.offsetHeight - (bottom - box.bottom) : 0;
  const foot = narrow ? (boxes.legend?.[3] ?? 0) + (boxes.tools ? boxes.tools[3] + 12 : 0) : 0;
  const sideWidth = !narrow && open ? side.offsetWidth : 0;
  const around = { legend: boxes.legend !== null, tabs: boxes.tabs?.[3] ?? 0, side: sideWidth, foot, sheet };
  return { width, height, boxes, sideWidth, sheet, free: freeRectangle({ width, height, narrow, ...around }) };
}

/** The triad stands above the caption; on a narrow page it gives way to an open sheet. */
function triadPlace({ height, boxes, free }, narrow, open) {
  if (narrow) return open ? null : { x: 36, y: free.bottom - 12 };
  return { x: 44, y: Math.min(height - 112, (boxes.caption?.[1] ?? Infinity) - 26) };
}

/** The tools stand in the middle of the free rectangle; on a narrow page above the legend. */
function arrange({ document }, { free, boxes }, narrow) {
  const style = document.documentElement.style;
  style.setProperty('--middle', `${(free.left + free.right) / 2}px`);
  style.setProperty('--foot', `${(narrow && boxes.legend ? boxes.legend[3] : 0) + 12}px`);
}

/** Puts the still picture where the live one will be; hides it when that one will show something else. */
function placeStill(document, report, state, { free }) {
  const figure = document.querySelector('.embedding.current .picture');
  const embedding = report.embeddings.find((one) => one.id === state.embedding);
  const projection = embedding.projections.find((one) => one.name === embedding.opensWith);
  const same =
    drawnName(embedding, state) === embedding.opensWith &&
    state.camera === null &&
    state.isolated === null &&
    state.components.every((one, n) => one === n + 1) &&
    state.components.length === Math.min(3, projection?.method === 'pca' ? projection.dims : 3);
  if (projection?.frame) placeStillPicture(figure, projection.frame, fitHome(projection.frame, free));
  figure.classList.toggle('other', !same);
}
