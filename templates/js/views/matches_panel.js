/** What the search found: how many, of which classes, and the rows themselves. */

import { selectRow, selectRows } from '../state/moves.js';
import { isolateShown } from '../state/shown.js';
import { count, counted } from '../text/format.js';
import { nothingFound, quoted, searchedIn } from '../text/words.js';
import { choice, link, make } from './dom.js';
import { pointRow } from './point_row.js';
import { splitBar } from './split.js';
import { createVirtualList } from './virtual_list.js';

/**
 * @param {object} app
 * @returns {{element: HTMLElement, show: () => void, focusFirst: () => void}}
 */
export function createMatchesPanel(app) {
  const { document, store, derived, rowHeight } = app;
  const at = (entry) => derived.get().matches?.indices[entry] ?? -1;
  const list = createVirtualList({
    document,
    label: 'Matches',
    rowHeight,
    build: (entry) => pointRow(app, at(entry), { query: derived.get().matches }),
    onOpen: (entry) => store.set(selectRow(derived.get().dataset.rowOf(at(entry)))),
    onHover: (entry) => derived.set({ hovered: entry < 0 ? -1 : at(entry) }),
  });
  const element = make(document, 'section.panel', { 'aria-label': 'Search' });
  let shown = [];

  function show() {
    const { matches, dataset, coloring, thumbnails } = derived.get();
    if (!matches || !dataset || !coloring) return;
    const now = [matches, coloring, thumbnails, store.get().labelBy];
    if (now.every((value, n) => value === shown[n])) {
      list.restore();
      return;
    }
    shown = now;
    if (matches.error) element.replaceChildren(...fault(app, matches));
    else if (matches.indices.length === 0) element.replaceChildren(...nothing(app, matches));
    else {
      element.replaceChildren(
        head(app, counted(matches.indices.length, 'match', 'matches')),
        ...splitBar(document, coloring, matches.indices),
        list.element,
        actions(app),
      );
      list.show(matches.indices.length);
    }
  }

  return { element, show, focusFirst: list.focusFirst };
}

function head(app, words) {
  return make(app.document, 'header.head', {}, [make(app.document, 'h2', { text: words }), columnChoice(app)]);
}

function columnChoice({ document, store, derived }) {
  const { named } = derived.get().dataset;
  if (named.length === 0) return null;
  const options = [
    { value: '', text: 'in all columns' },
    ...named.map((name, at) => ({ value: String(at + 1), text: `in ${name}` })),
  ];
  const value = String(named.indexOf(store.get().search.column) + 1 || '');
  const onChange = (chosen) =>
    store.set({ search: { ...store.get().search, column: chosen === '' ? null : named[Number(chosen) - 1] } });
  return choice(document, { label: 'Search column', options, value, onChange });
}

function actions(app) {
  const { document, store, derived } = app;
  const rows = () => Array.from(derived.get().matches.indices, derived.get().dataset.rowOf);
  return make(document, 'div.links', {}, [
    link(document, 'Select all', () => store.set(selectRows(rows()))),
    link(document, 'Isolate selection', () =>
      store.set(isolateShown(store.get(), derived.get(), rows(), store.get().search.query)),
    ),
  ]);
}

function nothing(app, matches) {
  const { document, store, derived } = app;
  const { named } = derived.get().dataset;
  const search = (query) => store.set({ search: { ...store.get().search, query } });
  const parts = [];
  if (matches.nearest)
    parts.push(
      `${quoted(matches.nearest.query)} has `,
      make(document, 'b', { text: count(matches.nearest.count) }),
      matches.nearest.count === 1 ? ' match. ' : ' matches. ',
    );
  parts.push(searchedIn(matches.column === null ? named : [matches.column]));
  const title =
    matches.column === null ? (words) => make(document, 'h2', { text: words }) : (words) => head(app, words);
  return [
    title(
      matches.regex ? `No label fits ${quoted(matches.query)}` : nothingFound(matches.query, named, matches.column),
    ),
    make(document, 'p.said', {}, parts),
    make(document, 'div.links', {}, [
      matches.nearest
        ? link(document, `Search ${quoted(matches.nearest.query)}`, () => search(matches.nearest.query))
        : null,
      link(document, 'Clear', () => search('')),
    ]),
  ];
}

function fault(app, matches) {
  const { document, store } = app;
  const search = (patch) => store.set({ search: { ...store.get().search, ...patch } });
  return [
    make(document, 'p', { role: 'alert', text: matches.error }),
    make(document, 'div.links', {}, [
      link(document, 'Search as plain text', () => search({ regex: false })),
      link(document, 'Clear', () => search({ query: '' })),
    ]),
  ];
}
