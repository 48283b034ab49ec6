/** The inspector: there only when it has something to say. */

import { rowsToIsolate } from '../state/moves.js';
import { isolateShown } from '../state/shown.js';
import { shorten } from '../text/format.js';
import { named } from '../text/words.js';
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
  const { document, watch } = app;
  const element = make(document, 'aside.side.live', { 'aria-label': 'Inspector' });
  const isolateSelection = () => isolateSelected(app);
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
  const inspector = { document, element, panels, opener: null, shown: null };
  watch(
    (state) => [panelOf(state)],
    (kind) => open(inspector, kind),
  );
  keepUpToDate(app, { matches, selection, subject, near });
  return { element, focusMatches: matches.focusFirst, isolateSelection };
}

function isolateSelected({ store, derived }) {
  const { dataset, neighbors, coloring } = derived.get();
  const state = store.get();
  if (!dataset || !coloring) return;
  const rows = rowsToIsolate(state, (neighbors?.indices ?? []).map(dataset.rowOf));
  const { focus, search, labelBy } = state;
  const label = focus === null ? search.query : dataset.label(dataset.indexOf(focus), labelBy);
  store.set(isolateShown(state, derived.get(), rows, shorten(named(label), 24)));
}

/** Shows a panel, or closes; the focus goes along, and on closing back to where it came from. */
function open(inspector, kind) {
  const { document, element, panels, shown } = inspector;
  const root = document.documentElement;
  const within = element.contains(document.activeElement);
  if (shown === null && kind !== null) inspector.opener = document.activeElement;
  if (kind === null) element.style.removeProperty('--sheet');
  else {
    const panel = panels[kind]();
    for (const other of element.querySelectorAll(':scope > .panel')) if (other !== panel) other.remove();
    if (panel.parentNode !== element) element.append(panel);
    if (within && !element.contains(document.activeElement)) focusInto(panel);
    panel.scrollTop = 0;
  }
  root.classList.toggle('has-side', kind !== null);
  root.classList.toggle('has-panel-figures', kind === 'figures');
  if (kind === null && within) {
    const { opener } = inspector;
    (opener?.isConnected ? opener : document.getElementById('picture'))?.focus();
  }
  inspector.shown = kind;
}

function focusInto(panel) {
  const target = panel.querySelector('[tabindex="0"], button, select, input');
  target?.focus({ preventScroll: true });
}

function keepUpToDate({ watch }, { matches, selection, subject, near }) {
  watch(
    (state, now) => [panelOf(state) === 'matches', now.matches, now.coloring, now.thumbnails, state.labelBy],
    (shown, found) => {
      if (shown && found) matches.show();
    },
  );
  watch(
    (state, now) => [
      panelOf(state) === 'selection',
      state.selection,
      now.dataset,
      now.coloring,
      now.thumbnails,
      state.labelBy,
    ],
    (shown) => {
      if (shown) selection.show();
    },
  );
  watch(
    (state, now) => [state.focus, now.dataset, now.coloring, now.neighbors, now.thumbnails, state.labelBy, now.matches],
    () => subject.show(),
  );
  watch(
    (state, now) => [now.dataset, now.coloring, now.neighbors, now.thumbnails, state.labelBy, state.k, state.metric],
    () => near.show(),
  );
  watch(
    (_, { kept }) => [kept],
    () => near.showKept(),
  );
}
