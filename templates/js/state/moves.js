/** What the user's moves do to the state: from a state to the patch that follows. Pure; rows are those of the tensor. */

const ascending = (rows) => Array.from(rows).sort((a, b) => a - b);

/**
 * @param {number} row
 * @returns {object} one point selected, its neighbors listed
 */
export function selectRow(row) {
  return { selection: [row], focus: row, panel: null };
}

/**
 * @param {Iterable<number>} rows
 * @returns {object} several points selected
 */
export function selectRows(rows) {
  const selection = ascending(new Set(rows));
  return { selection, focus: selection.length === 1 ? selection[0] : null, panel: null };
}

/**
 * @param {{selection: number[]}} state
 * @param {number} row
 * @returns {object} the row added to the selection, or taken out of it
 */
export function extendSelection({ selection }, row) {
  const rows = new Set(selection);
  if (!rows.delete(row)) rows.add(row);
  return selectRows(rows);
}

/** @returns {object} nothing selected */
export function clearSelection() {
  return { selection: [], focus: null };
}

/** @returns {object} no search */
export function clearSearch(state) {
  return { search: { ...state.search, query: '' } };
}

/**
 * Escape: an open panel closes, then the selection is cleared, then the search.
 * @param {import('./fields.js').State} state
 * @returns {object|null} null when nothing is left to clear
 */
export function stepBack(state) {
  if (state.panel !== null) return { panel: null };
  if (state.selection.length) return clearSelection();
  if (state.search.query) return clearSearch(state);
  return null;
}

/**
 * @param {{trail: {label: string, rows: number[]}[]}} state
 * @param {Iterable<number>} rows
 * @param {string} label what these rows are called in the trail
 * @returns {object|null} only these rows drawn; null for no rows
 */
export function isolate({ trail }, rows, label) {
  const kept = ascending(new Set(rows));
  if (kept.length === 0) return null;
  return { isolated: kept, trail: [...trail, { label, rows: kept }], camera: null };
}

/**
 * @param {{trail: {label: string, rows: number[]}[]}} state
 * @param {number} step 0 for all rows, 1 for the first isolation
 * @returns {object}
 */
export function backTo({ trail }, step) {
  const left = trail.slice(0, step);
  return { trail: left, isolated: left.length ? left[left.length - 1].rows : null, camera: null };
}

/**
 * The rows "Isolate selection" is about: what is selected, a single point with its listed neighbors.
 * @param {{selection: number[], focus: number|null}} state
 * @param {number[]} neighbors rows listed as neighbors of the focus
 * @returns {number[]}
 */
export function rowsToIsolate({ selection, focus }, neighbors) {
  return focus !== null && selection.length === 1 ? [focus, ...neighbors] : selection;
}
