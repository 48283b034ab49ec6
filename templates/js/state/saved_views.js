/** Saved views of a bookmarks file: the state that shows one. */

import { cleanPatch } from './fields.js';
import { rowsOf } from './ranges.js';

/**
 * @typedef {object} SavedView
 * @property {string} projection name of its coordinates, "view1"
 * @property {string} label as the file spells it
 * @property {string} method the projection it was saved from: "pca", "tsne", "umap" or "custom"
 * @property {number} points that have a place in it
 * @property {string} selection rows as ranges
 * @property {string|null} isolated rows as ranges, null for all
 * @property {string|null} colorBy
 * @property {boolean} categorical whether the Projector colored numbers as classes; the page colors them by a scale
 * @property {string|null} labelBy
 * @property {object|null} camera
 */

/**
 * @param {object} embedding
 * @param {SavedView} view
 * @returns {object} a patch: its coordinates, selection, isolated rows and camera, and the columns it names
 */
export function showView(embedding, view) {
  const { projection, label, camera, colorBy, labelBy } = view;
  const isolated = view.isolated === null ? null : rowsOf(view.isolated, embedding.rows);
  const columns = { ...(colorBy === null ? {} : { colorBy }), ...(labelBy === null ? {} : { labelBy }) };
  return cleanPatch(
    {
      ...columns,
      projection,
      camera,
      isolated,
      trail: isolated === null ? [] : [{ label, rows: isolated }],
      selection: rowsOf(view.selection, embedding.rows),
      hidden: [],
      search: '',
    },
    embedding,
  );
}

/**
 * @param {object} embedding
 * @param {string|null} projection
 * @returns {SavedView|null} the view with these coordinates
 */
export function viewOf(embedding, projection) {
  return embedding.savedViews?.find((view) => view.projection === projection) ?? null;
}
