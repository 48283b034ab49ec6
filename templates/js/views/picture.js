/** The picture: keeps the renderer and the overlay in step with the state. */

import { fitHome, homeCamera } from '../scene/camera.js';
import { sameCamera } from '../scene/camera_moves.js';
import { createOverlay } from '../scene/overlay.js';
import { cameraOn } from '../state/placing.js';
import { named } from '../text/words.js';
import { shownTheme } from './bar.js';
import { lookOf } from './look.js';
import { classNames, cssHues, namedAxes, namedPoints, overlayTheme } from './paint.js';
import { createPointing } from './pointing.js';

const MORPH = 600;
const FLIGHT = 400;
const CALM = 240;
const SMALL = 480;
const MOST_RINGS = 30;

/**
 * @param {object} app
 * @param {{stage: object, card: object, room: object}} parts `stage` of views/stage.js, `card` of views/hover_card.js,
 *   `room` of views/room.js
 * @returns {{connect: (renderer: object) => void}}
 */
export function createPicture(app, { stage, card, room }) {
  const shown = { dataset: null, placed: null };
  const picture = {
    app,
    stage,
    card,
    room,
    shown,
    renderer: null,
    overlay: null,
    pointing: null,
    theme: null,
    hues: null,
  };
  return {
    connect(renderer) {
      const { window, derived } = app;
      picture.renderer = renderer;
      picture.pointing = createPointing(app, { overlay: stage.overlay, renderer });
      picture.overlay = createOverlay({
        canvas: stage.overlay,
        underlay: stage.underlay,
        pixelRatio: window.devicePixelRatio,
      });
      renderer.onFrame(() => paint(picture));
      derived.set({ renderer });
      follow(picture);
    },
  };
}

/** Motion takes its time unless somebody asked for less of it, or nobody looks. */
function lasting({ window, document }, milliseconds) {
  const reduced = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  return reduced || document.hidden ? 0 : milliseconds;
}

const isSmall = (room) => room.size().width < SMALL;

/** Where the camera stands when the state names none: on what is isolated, else on everything. */
function home({ store, derived }) {
  const { placed, dataset } = derived.get();
  const { isolated } = store.get();
  return isolated ? cameraOn(placed, dataset.indices(isolated)) : homeCamera(placed.flat);
}

function viewOf({ shown, room }) {
  return { ...room.size(), ...fitHome(shown.placed.frame, room.free()) };
}

/** New data, another projection or another camera. */
function place(picture, dataset, placed, camera) {
  const { app, renderer, shown } = picture;
  const fresh = shown.dataset !== dataset;
  const moved = fresh || shown.placed !== placed;
  const ms = fresh ? 0 : lasting(app, MORPH);
  Object.assign(shown, { dataset, placed });
  const goal = camera ?? home(app);
  if (fresh) {
    renderer.setData({ count: dataset.embedding.rows, stride: dataset.embedding.stride });
    restyle(picture);
  }
  if (moved) {
    renderer.setView(viewOf(picture), { ms });
    renderer.setCamera(goal, { ms });
    app.tasks.run(renderer.setPositions(placed.xyz, placed.flat, { morph: ms }));
  } else if (!sameCamera(renderer.camera, goal)) renderer.setCamera(goal, { ms: lasting(app, FLIGHT) });
}

function restyle({ app, renderer, room, shown }) {
  const state = app.store.get();
  const derived = app.derived.get();
  if (!derived.coloring || !derived.dataset || shown.dataset !== derived.dataset) return;
  renderer.setStyle(lookOf(state, derived, { theme: shownTheme(app, state.theme), small: isSmall(room) }));
}

function paint({ app, renderer, overlay, room, card, pointing, theme, hues, shown }) {
  const state = app.store.get();
  const derived = app.derived.get();
  const { dataset, coloring, neighbors, hovered, thumbnails } = derived;
  if (!coloring || !dataset || shown.dataset !== dataset || !shown.placed) return;
  const bounds = room.shown();
  const byPointer = pointing.inPicture();
  overlay.paint({
    renderer,
    theme,
    hue: hues,
    label: (i) => named(dataset.label(i, state.labelBy)),
    selected: state.selection.length > MOST_RINGS ? [] : [...dataset.indices(selectedFirst(state))],
    hovered,
    neighbors: state.focus !== null && neighbors ? neighbors.indices : [],
    hoverLabel: !byPointer,
    named: namedPoints(state, derived, { renderer, bounds }),
    labels: state.labels,
    classes: classNames(state, derived),
    lines: state.lines ? dataset.lines : null,
    axes: namedAxes(dataset.embedding, state, shown.placed),
    triad: dataset.embedding.finite > 0 && (room.triad() ?? false),
    tiles: state.images ? thumbnails : null,
    reserved: room.reserved(),
    clip: bounds,
    small: isSmall(room),
  });
  card.show(byPointer ? hovered : -1, hovered >= 0 ? renderer.place(hovered) : null, bounds);
}

/** The focus leads, as lines to its neighbors start at the first of the selected. */
function selectedFirst({ selection, focus }) {
  return focus === null ? selection : [focus, ...selection.filter((row) => row !== focus)];
}

function follow(picture) {
  const { app, renderer, room } = picture;
  const { watch, window, document } = app;
  const shade = (state) => shownTheme(app, state.theme);
  watch(
    (state, { dataset, placed }) => [dataset, placed, state.camera, state.isolated],
    (dataset, placed, camera) => {
      if (dataset && placed) place(picture, dataset, placed, camera);
    },
  );
  watch(
    (state, { coloring }) => [coloring, shade(state)],
    (coloring, theme) => {
      picture.theme = overlayTheme(window, document.documentElement);
      if (coloring) picture.hues = cssHues(coloring, theme);
    },
  );
  watch(
    (state, now) => [
      ...[now.dataset, now.coloring, now.matches, now.neighbors, now.hoverClass],
      ...[state.isolated, state.hidden, state.selection, state.pointSize, state.opacity, shade(state)],
    ],
    () => restyle(picture),
  );
  watch(
    (state, now) => [now.hovered, now.thumbnails, state.labels, state.lines, state.images, state.labelBy, state.selection],
    () => renderer.requestOverlay(),
  );
  room.onChange((eased) => {
    if (picture.shown.placed) renderer.setView(viewOf(picture), { ms: eased ? lasting(app, CALM) : 0 });
  });
}
