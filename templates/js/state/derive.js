/** What follows from the state: the unpacked embedding, the coloring, the matches, the neighbors. */

import { planColoring, planFigureColoring } from '../color/coloring.js';
import { createSearch } from '../search/matches.js';
import { openDataset } from './dataset.js';
import { drawnName } from './drawn.js';
import { figureOf, followPicture } from './figures.js';
import { keptNeighbors } from './kept.js';
import { listNeighbors } from './near.js';
import { placeProjection } from './placing.js';
import { same } from './store.js';
import { suspicionsOf } from './suspicion.js';

/**
 * @typedef {object} Derived
 * @property {object|null} dataset of the embedding on the screen; null while it is unpacked
 * @property {object|null} search of this dataset
 * @property {object|null} thumbnails
 * @property {import('../color/coloring.js').Coloring|null} coloring
 * @property {import('../search/matches.js').Matches|null} matches
 * @property {import('./near.js').Neighbors|null} neighbors
 * @property {import('./suspicion.js').Suspicion[]} suspicions what its neighbors say against the labels of the focus
 * @property {import('./kept.js').Kept|null} kept which neighbors are also near in the picture
 * @property {import('./placing.js').Placed|null} placed positions of the projection on the screen
 * @property {number} hoverClass class under the pointer in the legend, -1 for none
 * @property {number} hovered point under the pointer, -1 for none
 * @property {object|null} renderer
 */
export const NOTHING = Object.freeze({
  dataset: null,
  search: null,
  thumbnails: null,
  coloring: null,
  matches: null,
  neighbors: null,
  suspicions: [],
  kept: null,
  placed: null,
  hoverClass: -1,
  hovered: -1,
  renderer: null,
});

/**
 * Keeps the derived store up to date.
 * @param {{report: object, store: object, derived: object, watch: Function, tasks: object, startWorker: () => Worker}} app
 */
export function derive(app) {
  const { report, derived, watch, tasks } = app;
  watch(
    (state) => [state.embedding],
    (id) =>
      tasks.run(
        open(
          app,
          report.embeddings.find((one) => one.id === id),
        ),
      ),
  );
  watch(
    (state, { dataset }) => [dataset, state.colorBy],
    (dataset, by) => {
      if (dataset) color(app, dataset, by);
    },
  );
  keepFiguresOfThePicture(app);
  watch(
    (state, { coloring }) => [coloring, state.hidden],
    () => keepKnownClasses(app),
  );
  watch(
    (state, { dataset }) => [dataset, state.search, state.search.regex ? null : state.labelBy],
    (dataset, search, labelBy) => {
      if (dataset) tasks.run(find(app, dataset, search, labelBy));
    },
  );
  watch(
    (state, { dataset }) => [dataset, state.focus, state.metric, state.k],
    (dataset, focus, metric, k) => {
      if (dataset) tasks.run(lookUp(app, dataset, { focus, metric, k }));
    },
  );
  watch(
    (_, { neighbors, placed }) => [neighbors, placed],
    (neighbors, placed) => tasks.run(compare(app, neighbors, placed)),
  );
  watch(
    (state, { dataset }) => [dataset, dataset && drawnName(dataset.embedding, state), state.components],
    (dataset, drawn, components) => {
      if (dataset && drawn !== null) tasks.run(place(app, dataset, drawn, components));
    },
  );
}

const isCurrent = ({ derived }, dataset) => derived.get().dataset === dataset;

async function open(app, embedding) {
  const { store, derived, startWorker } = app;
  derived.get().search?.stop();
  derived.set({ ...NOTHING, renderer: derived.get().renderer });
  const dataset = await openDataset(embedding);
  if (store.get().embedding !== embedding.id) return;
  derived.set({ dataset, search: createSearch({ dataset, startWorker }) });
  const thumbnails = embedding.sprite ? await embedding.thumbnails() : null;
  if (isCurrent(app, dataset)) derived.set({ thumbnails });
}

/** Colors by a column at once, by a figure once it is unpacked. */
function color(app, dataset, by) {
  const { derived, store, tasks } = app;
  const { embedding } = dataset;
  const figure = dataset.place(by) < 0 ? figureOf(embedding, by) : null;
  if (!figure) {
    derived.set({ coloring: coloringOf(dataset, by) });
    return;
  }
  const unpacked = embedding.figure(figure.index).then((values) => {
    if (!isCurrent(app, dataset) || store.get().colorBy !== by) return;
    derived.set({ coloring: { ...planFigureColoring(figure, values, embedding), asked: by } });
  });
  tasks.run(unpacked);
}

/** Colored by what is true of one picture, the points follow to the next picture. */
function keepFiguresOfThePicture({ report, store, watch }) {
  let before = null;
  watch(
    ({ embedding, projection, spherize, colorBy }) => [embedding, projection, spherize, colorBy],
    (id, projection, spherize, colorBy) => {
      const embedding = report.embeddings.find((one) => one.id === id);
      const now = drawnName(embedding, { projection, spherize });
      const stayed = before !== null && before.id === id && before.colorBy === colorBy;
      const wanted = stayed ? followPicture(embedding, colorBy, { before: before.drawn, now }) : colorBy;
      before = { id, drawn: now, colorBy: wanted };
      if (wanted !== colorBy) store.set({ colorBy: wanted, hidden: [] });
    },
  );
}

function coloringOf(dataset, by) {
  const column = dataset.columns[dataset.place(by)];
  const colors = column && column.kind !== 'text';
  return { ...planColoring(colors ? by : null, colors ? column : null, dataset.embedding), asked: by };
}

/** Only classes of the column that colors the points can be hidden; an address or a script may name others. */
function keepKnownClasses({ store, derived }) {
  const { dataset, coloring } = derived.get();
  const { embedding, colorBy, hidden } = store.get();
  if (!dataset || !coloring || dataset.embedding.id !== embedding || coloring.asked !== colorBy) return;
  const known = hidden.filter((key) => coloring.classes.some((one) => one.key === key));
  if (known.length < hidden.length) store.set({ hidden: known });
}

async function find(app, dataset, search, labelBy) {
  const matches = await app.derived.get().search.run(search, labelBy);
  if (isCurrent(app, dataset) && matches !== undefined && same(search, app.store.get().search))
    app.derived.set({ matches });
}

async function lookUp(app, dataset, { focus, metric, k }) {
  if (focus === null) {
    app.derived.set({ neighbors: null, suspicions: [] });
    return;
  }
  const { embedding } = dataset;
  const i = dataset.indexOf(focus);
  const [cosine, euclidean] = await Promise.all([embedding.neighbors('cosine'), embedding.neighbors('euclidean')]);
  const suspicions = await suspicionsOf(dataset, i);
  const now = app.store.get();
  if (!isCurrent(app, dataset) || now.focus !== focus || now.metric !== metric || now.k !== k) return;
  const neighbors = listNeighbors(i, { cosine, euclidean }, metric, k, embedding.finite - 1);
  app.derived.set({ neighbors, suspicions });
}

/** Which neighbors are near in the picture too; the figure of the point is unpacked only where ties leave that open. */
async function compare(app, neighbors, placed) {
  const { derived, store } = app;
  const kept = neighbors && placed ? keptNeighbors(neighbors, placed.xyz) : null;
  derived.set({ kept });
  if (kept === null || kept.count !== null) return;
  const { embedding } = derived.get().dataset;
  const { metric } = store.get();
  const name = `neighbors_kept_${neighbors.indices.length}@${placed.name}`;
  const figure = metric === embedding.settings?.metric && placed.measured ? figureOf(embedding, name) : null;
  if (!figure) return;
  const share = (await embedding.figure(figure.index))[neighbors.focus];
  const now = derived.get();
  if (now.neighbors !== neighbors || now.placed !== placed || Number.isNaN(share)) return;
  derived.set({ kept: keptNeighbors(neighbors, placed.xyz, share) });
}

async function place(app, dataset, drawn, components) {
  const placed = await placeProjection(dataset.embedding, drawn, components);
  const now = app.store.get();
  if (isCurrent(app, dataset) && drawnName(dataset.embedding, now) === drawn && same(now.components, components))
    app.derived.set({ placed });
}
