/** What follows from the state: the unpacked embedding, the coloring, the matches, the neighbors. */

import { planColoring } from '../color/coloring.js';
import { createSearch } from '../search/matches.js';
import { openDataset } from './dataset.js';
import { listNeighbors, nearestInPicture } from './near.js';
import { placeProjection } from './placing.js';

/**
 * @typedef {object} Derived
 * @property {object|null} dataset of the embedding on the screen; null while it is unpacked
 * @property {object|null} search of this dataset
 * @property {object|null} thumbnails
 * @property {import('../color/coloring.js').Coloring|null} coloring
 * @property {import('../search/matches.js').Matches|null} matches
 * @property {import('./near.js').Neighbors|null} neighbors
 * @property {Set<number>|null} kept neighbors that are also near in the picture
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
export function derive({ report, store, derived, watch, tasks, startWorker }) {
  const current = (dataset) => derived.get().dataset === dataset;
  let latest = 0;

  async function open(embedding) {
    derived.get().search?.stop();
    derived.set({ ...NOTHING, renderer: derived.get().renderer });
    const dataset = await openDataset(embedding);
    if (store.get().embedding !== embedding.id) return;
    derived.set({ dataset, search: createSearch({ dataset, startWorker }) });
    const thumbnails = embedding.sprite ? await embedding.thumbnails() : null;
    if (current(dataset)) derived.set({ thumbnails });
  }

  async function find(dataset, search, labelBy) {
    const matches = await derived.get().search.run(search, labelBy);
    if (current(dataset) && matches !== undefined) derived.set({ matches });
  }

  async function lookUp(dataset, focus, metric, k) {
    const [cosine, euclidean] = await Promise.all([
      dataset.embedding.neighbors('cosine'),
      dataset.embedding.neighbors('euclidean'),
    ]);
    const neighbors = listNeighbors(dataset.indexOf(focus), { cosine, euclidean }, metric, k);
    if (current(dataset)) derived.set({ neighbors });
  }

  async function place(dataset, projection, components) {
    latest += 1;
    const own = latest;
    const placed = await placeProjection(dataset.embedding, projection, components);
    if (current(dataset) && own === latest) derived.set({ placed });
  }

  watch(
    (state) => [state.embedding],
    (id) => {
      tasks.run(open(report.embeddings.find((one) => one.id === id)));
    },
  );
  watch(
    (state, { dataset }) => [dataset, state.colorBy],
    (dataset, by) => {
      if (!dataset) return;
      const at = dataset.place(by);
      const column = at < 0 || dataset.columns[at].kind === 'text' ? null : dataset.columns[at];
      derived.set({ coloring: planColoring(column ? by : null, column, dataset.embedding) });
    },
  );
  watch(
    (state, { dataset }) => [dataset, state.search, state.search.regex ? null : state.labelBy],
    (dataset, search, labelBy) => {
      if (dataset) tasks.run(find(dataset, search, labelBy));
    },
  );
  watch(
    (state, { dataset }) => [dataset, state.focus, state.metric, state.k],
    (dataset, focus, metric, k) => {
      if (!dataset) return;
      if (focus === null) derived.set({ neighbors: null });
      else tasks.run(lookUp(dataset, focus, metric, k));
    },
  );
  watch(
    (_, { neighbors, placed }) => [neighbors, placed],
    (neighbors, placed) => {
      derived.set({
        kept: neighbors && placed ? nearestInPicture(placed.xyz, neighbors.focus, neighbors.indices.length) : null,
      });
    },
  );
  watch(
    (state, { dataset }) => [dataset, state.projection, state.components],
    (dataset, projection, components) => {
      if (dataset && projection !== null) tasks.run(place(dataset, projection, components));
    },
  );
}
