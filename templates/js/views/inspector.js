/** The inspector: there only when it has something to say. */

import { isolate, rowsToIsolate } from '../state/moves.js';
import { shorten } from '../text/format.js';
import { make } from './dom.js';
import { figuresPanel, keysPanel } from './document_panel.js';
import { createMatchesPanel } from './matches_panel.js';
import { createNeighborList } from './neighbor_list.js';
import { createSelectionPanel } from './selection_panel.js';
import { createSubject } from './subject.js';

/**
 * What the inspector shows.
 * @param {import('../state/fields.js').State} state
 * @returns {"figures"|"keys"|"bookmarks"|"subject"|"selection"|"matches"|null}
 */
export function panelOf(state) {
  if (state.panel !== null) return state.panel;
  if (state.selection.length === 1) return 'subject';
  if (state.selection.length > 1) return 'selection';
  return state.search.query ? 'matches' : null;
}

/**
 * @param {object} app
 * @param {{bookmarksPanel: () => HTMLElement}} parts
 * @returns {{element: HTMLElement, focusMatches: () => void, isolateSelection: () => void}}
 */
export function createInspector(app, { bookmarksPanel }) {
  const { document, store, derived, watch } = app;
  const root = document.documentElement;
  const element = make(document, 'aside.side.live', { 'aria-label': 'Inspector' });
  const matches = createMatchesPanel(app);
  const selection = createSelectionPanel(app);
  const subject = createSubject(app, { isolate: isolateSelection });
  const near = createNeighborList(app);
  const point = make(document, 'section.panel', { 'aria-label': 'Selected point' }, [subject.element, near.element]);
  const panels = {
    subject: () => point,
    selection: () => selection.element,
    matches: () => matches.element,
    figures: () => figuresPanel(app),
    keys: () => keysPanel(app),
    bookmarks: bookmarksPanel,
  };
  let opener = null;
  let shown = null;

  function isolateSelection() {
    const { dataset, neighbors } = derived.get();
    const state = store.get();
    const rows = rowsToIsolate(state, (neighbors?.indices ?? []).map(dataset.rowOf));
    const label =
      state.focus === null ? state.search.query : dataset.label(dataset.indexOf(state.focus), state.labelBy);
    store.set(isolate(state, rows, shorten(label, 24)) ?? {});
  }

  function open(kind) {
    if (shown === null && kind !== null) opener = document.activeElement;
    const within = element.contains(document.activeElement);
    if (kind !== null) {
      const panel = panels[kind]();
      const others = [...element.querySelectorAll(':scope > .panel')].filter((one) => one !== panel);
      if (panel.parentNode !== element) element.append(panel);
      others.forEach((one) => one.remove());
      if (within && !element.contains(document.activeElement)) focusInto(panel);
      panel.scrollTop = 0;
    }
    if (kind === null) element.style.removeProperty('--sheet');
    root.classList.toggle('has-side', kind !== null);
    root.classList.toggle('has-panel-figures', kind === 'figures');
    if (kind === null && within)
      (opener?.isConnected ? opener : document.querySelector('.stage canvas[tabindex]'))?.focus();
    shown = kind;
  }

  watch((state) => [panelOf(state)], open);
  watch(
    (state, { matches: found, coloring }) => [found, coloring, state.labelBy, panelOf(state) === 'matches'],
    (found, _, __, on) => {
      if (on && found) matches.show();
    },
  );
  watch(
    (state, { dataset, coloring, thumbnails }) => [
      state.selection,
      dataset,
      coloring,
      thumbnails,
      state.labelBy,
      panelOf(state) === 'selection',
    ],
    (...values) => {
      if (values[5]) selection.show();
    },
  );
  watch(
    (state, { dataset, coloring, neighbors, thumbnails, matches: found }) => [
      state.focus,
      dataset,
      coloring,
      neighbors,
      thumbnails,
      state.labelBy,
      found,
    ],
    () => subject.show(),
  );
  watch(
    (state, { dataset, coloring, neighbors, thumbnails }) => [
      dataset,
      coloring,
      neighbors,
      thumbnails,
      state.labelBy,
      state.k,
      state.metric,
    ],
    () => near.show(),
  );
  watch(
    (_, { kept }) => [kept],
    () => near.showKept(),
  );
  return { element, focusMatches: matches.focusFirst, isolateSelection };
}

function focusInto(panel) {
  const target = panel.querySelector('[tabindex="0"], button, select, input');
  target?.focus({ preventScroll: true });
}
