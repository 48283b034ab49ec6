/** Keeps the address in step with the state, and follows it when it is changed by hand. */

import { readAddress, writeAddress } from './address.js';
import { cleanPatch, initialState } from './fields.js';

const REST = 150;

/**
 * The address of the page as it is.
 * @param {object} app
 * @returns {string} without "#"
 */
export function addressOf({ report, store, derived, address }) {
  const state = store.get();
  const embedding = report.embeddings.find((one) => one.id === state.embedding);
  const { dataset, matches } = derived.get();
  const rows =
    dataset && matches && !matches.error ? Array.from(matches.indices, dataset.rowOf).sort((a, b) => a - b) : null;
  return writeAddress(state, initialState(embedding), {
    first: report.embeddings[0].id,
    matches: rows,
    kept: address.kept,
  });
}

/**
 * Shows what an address says; fields it does not name are as the page opens.
 * @param {object} app
 * @param {string} text with or without "#"
 */
export function restoreAddress(app, text) {
  const { report, store } = app;
  const { embedding, patch, fromMatches } = readAddress(text, report.embeddings);
  store.set({ ...initialState(embedding), ...cleanPatch(patch, embedding) });
  if (fromMatches.length) app.tasks.run(takeMatches(app, fromMatches));
}

/** Fields of an address that stand for what its search finds. */
async function takeMatches(app, fields) {
  const { store, derived } = app;
  const { dataset, search } = derived.get();
  const found = dataset ? await search.find(store.get().search) : null;
  if (!found) return;
  const rows = Array.from(found, dataset.rowOf).sort((a, b) => a - b);
  store.set(cleanPatch(Object.fromEntries(fields.map((field) => [field, rows])), dataset.embedding));
}

/**
 * @param {object} app
 */
export function mirrorAddress(app) {
  const { window, watch, address } = app;
  let timer = 0;
  let own = window.location.hash.slice(1);

  function write() {
    const text = addressOf(app);
    if (text === own) return;
    own = text;
    const { pathname, search } = window.location;
    try {
      window.history.replaceState(null, '', text ? `#${text}` : pathname + search);
    } catch {
      // A frame without an address of its own may not change one; the page works without.
    }
  }

  watch(
    (state) => [state],
    () => {
      clearTimeout(timer);
      timer = setTimeout(write, REST);
    },
  );
  window.addEventListener('hashchange', () => {
    const text = window.location.hash.slice(1);
    if (text === own) return;
    own = text;
    restoreAddress(app, text);
  });
  if (address.fromMatches.length) app.tasks.run(takeMatches(app, address.fromMatches));
}
