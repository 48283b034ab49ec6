/** Which projections there are, as the tabs see them: methods, dimensions, settings. Pure. */

import { drawnName } from '../state/drawn.js';
import { showView } from '../state/saved_views.js';

export const ORDER = ['pca', 'tsne', 'umap'];

/**
 * @param {object} embedding
 * @returns {string[]} methods that are there, in the order of the tabs
 */
export function methodsOf(embedding) {
  return [...ORDER, 'saved'].filter((method) => embedding.projections.some((one) => one.method === method));
}

/**
 * @param {object} embedding
 * @param {{projection: string, components: number[], spherize?: boolean}} state
 * @returns {{projection: object, method: string, dims: number}} what is on the screen; `dims` as drawn, 2 or 3
 */
export function shownProjection(embedding, { projection, components, spherize }) {
  const name = drawnName(embedding, { projection, spherize });
  const found = embedding.projections.find((one) => one.name === name) ?? embedding.projections[0];
  return {
    projection: found,
    method: found.method,
    dims: found.method === 'pca' ? components.length : Math.min(3, found.dims),
  };
}

/**
 * The state that shows a method, in the wanted dimensions when it has them.
 * @param {object} embedding
 * @param {string} method
 * @param {2|3} dims
 * @returns {object|null} a patch, null when the method is not there
 */
export function showMethod(embedding, method, dims) {
  const all = embedding.projections.filter((one) => one.method === method);
  if (all.length === 0) return null;
  if (method === 'saved') return showView(embedding, embedding.savedViews[0]);
  if (method === 'pca') {
    const components = [1, 2, 3].slice(0, Math.min(dims, all[0].dims));
    return { projection: all[0].name, components, camera: null };
  }
  return { projection: (all.find((one) => one.dims === dims) ?? all[0]).name, camera: null };
}

/**
 * @param {object} embedding
 * @param {string} method
 * @returns {number[]} the dimensions it can be drawn in
 */
export function dimensionsOf(embedding, method) {
  if (method === 'saved') return [];
  const all = embedding.projections.filter((one) => one.method === method);
  if (method === 'pca') return [2, 3].filter((dims) => all[0].dims >= dims);
  return [2, 3].filter((dims) => all.some((one) => one.dims === dims));
}

/**
 * Further runs of the same method and dimensions, with other settings.
 * @param {object} embedding
 * @param {object} projection
 * @returns {{value: string, text: string}[]} empty when there is no choice
 */
export function settingsOf(embedding, projection) {
  const alike = embedding.projections.filter((one) => one.method === projection.method && one.dims === projection.dims);
  if (alike.length < 2 || projection.method === 'pca') return [];
  const differing = Object.keys(projection.settings).filter(
    (key) => new Set(alike.map((one) => one.settings[key])).size > 1,
  );
  return alike.map((one) => ({
    value: one.name,
    text: differing.map((key) => `${key} ${one.settings[key]}`).join(', ') || one.name,
  }));
}

/**
 * Whether a projection is drawn as its figures were measured: a PCA along its first three components.
 * @param {{method: string}} projection
 * @param {number[]} components counted from 1
 */
export function asMeasured({ method, dims }, components) {
  const most = Math.min(3, dims);
  return method !== 'pca' || (components.length === most && components.every((one, n) => one === n + 1));
}

/**
 * The share of the variance the drawn components hold together.
 * @param {object} projection
 * @param {number[]} components counted from 1
 * @returns {number|null}
 */
export function varianceOf(projection, components) {
  if (!projection.variance) return null;
  return components.reduce((sum, one) => sum + (projection.variance[one - 1] ?? 0), 0);
}
