/** window.embreport: the page's public object, for scripts and tests. Row numbers are those of the source tensor. */

import { cleanPatch } from './state/fields.js';
import { openEmbedding } from './views/bar.js';

/**
 * @returns {{object: object, connect: (app: object) => void, ready: () => void, fail: (error: Error) => void}} `object` is what
 *   scripts see; it works from `connect` on, and its promises wait for it
 */
export function createApi() {
  let app = null;
  let gate = null;
  const ready = new Promise((resolve, reject) => {
    gate = { resolve, reject };
  });
  ready.catch(() => {});
  let open = null;
  const opened = new Promise((resolve) => {
    open = resolve;
  });

  const object = {
    ready,
    get version() {
      return app?.report.version ?? null;
    },
    get renderer() {
      return app?.derived.get().renderer?.kind ?? null;
    },
    get embeddings() {
      return (app?.report.embeddings ?? []).map(describe);
    },
    get state() {
      return app ? publicState(app.store.get()) : null;
    },
    setState: (patch) => opened.then(() => setState(app, patch, ready)),
    search: (query, options = {}) => opened.then(() => search(app, query, options)),
    neighbors: (row, options = {}) => opened.then(() => neighbors(app, row, options)),
    coordinates: (projection) => coordinates(app, projection),
    screen: (row) => screen(app, row),
  };
  return {
    object: Object.freeze(object),
    connect(given) {
      app = given;
      open();
    },
    ready: () => gate.resolve(),
    fail: (error) => gate.reject(error),
  };
}

function describe({ id, run, tensor, title, rows, dims, columns, projections, figures, sprite }) {
  return {
    id,
    run,
    tensor,
    title,
    rows,
    dims,
    columns: columns.map((one) => one.name),
    projections: projections.map((one) => one.name),
    figures: figures.map(({ name, title: words, unit, projection }) => ({ name, title: words, unit, projection })),
    sprite: sprite ? { width: sprite.width, height: sprite.height } : null,
  };
}

/** A copy, so that nobody changes the page's own state by writing to it. */
function publicState(state) {
  return structuredClone(state);
}

async function setState(app, patch, ready) {
  const { report, store } = app;
  const wanted = patch?.embedding === undefined ? store.get().embedding : patch.embedding;
  const embedding = report.embeddings.find((one) => one.id === wanted);
  if (!embedding) throw new RangeError(`No embedding has the id “${wanted}”.`);
  await ready;
  if (embedding.id !== store.get().embedding) openEmbedding(app, embedding);
  const clean = cleanPatch(patch ?? {}, embedding);
  if (clean.search) clean.search = { ...store.get().search, ...clean.search };
  store.set(clean);
  await app.shown();
}

async function current(app) {
  await app.tasks.settled();
  const { dataset, search } = app.derived.get();
  if (!dataset) throw new Error('The embedding on the screen could not be unpacked.');
  return { dataset, search };
}

async function search(app, query, { regex = false, column = null } = {}) {
  const { dataset, search: text } = await current(app);
  if (column !== null && dataset.place(column) < 0) throw new RangeError(`No column is called “${column}”.`);
  const found = await text.find({ query: String(query), regex: Boolean(regex), column });
  return Array.from(found ?? [], dataset.rowOf);
}

async function neighbors(app, row, { metric = app.store.get().metric, k = app.store.get().k } = {}) {
  const { dataset } = await current(app);
  const { embedding } = dataset;
  if (!Number.isInteger(row) || row < 0 || row >= embedding.rows)
    throw new RangeError(`There is no row ${row}; rows go from 0 to ${embedding.rows - 1}.`);
  const table = await embedding.neighbors(metric);
  const from = dataset.indexOf(row) * table.k;
  const listed = Array.from({ length: Math.max(0, Math.min(k, table.k)) }, (_, rank) => from + rank).filter(
    (at) => table.indices[at] >= 0,
  );
  return listed.map((at) => ({ row: dataset.rowOf(table.indices[at]), distance: table.distances[at] }));
}

function coordinates(app, name) {
  const found = app?.unpacked.get(name);
  if (!found)
    throw new RangeError(`No projection is called “${name}”, or it is not unpacked yet: wait for embreport.ready.`);
  const { dataset } = app.derived.get();
  const { dims, values } = found;
  const rows = values.length / dims;
  const ordered = new Float32Array(values.length);
  for (let i = 0; i < rows; i += 1) ordered.set(values.subarray(i * dims, (i + 1) * dims), dataset.rowOf(i) * dims);
  return ordered;
}

function screen(app, row) {
  const { renderer, dataset } = app?.derived.get() ?? {};
  if (!renderer || !dataset || !Number.isInteger(row) || row < 0 || row >= dataset.embedding.rows) return null;
  const place = renderer.place(dataset.indexOf(row));
  if (!place) return null;
  const box = app.stage.getBoundingClientRect();
  return { x: box.left + place.x, y: box.top + place.y };
}
