/** Which projection is drawn: the one of the state, or, of a PCA, its spherized variant. */

/** The PCA of the rows centered and scaled to length 1; a variant of the PCA, not a picture of its own. */
export const SPHERIZED = 'pca-spherized';

/**
 * @param {{projections: {name: string}[]}} embedding
 * @returns {boolean}
 */
export function hasSpherized({ projections }) {
  return projections.some((one) => one.name === SPHERIZED);
}

/**
 * @param {{projections: {name: string}[]}} embedding
 * @param {{projection: string|null, spherize?: boolean}} state
 * @returns {string|null} name of the projection on the screen
 */
export function drawnName(embedding, { projection, spherize }) {
  return projection === 'pca' && spherize && hasSpherized(embedding) ? SPHERIZED : projection;
}
