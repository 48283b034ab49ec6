/** The selected point: its picture, its metadata, what can be done with it. */

import { count, counted } from '../text/format.js';
import { isBlank, rowName, suspicion } from '../text/words.js';
import { clearSelection, selectRows } from '../state/moves.js';
import { isInPage } from '../state/presence.js';
import { cellText, icon, iconButton, link, make } from './dom.js';
import { pointMark, pointValue } from './point_row.js';
import { thumbnail } from './thumbnail.js';

const LONG = 400;

/**
 * @param {object} app
 * @param {{isolate: () => void}} actions
 * @returns {{element: HTMLElement, show: () => void}} `show` writes the panel's upper part anew
 */
export function createSubject(app, { isolate }) {
  const element = app.document.createElement('div');

  function show() {
    const { dataset, coloring, neighbors, matches } = app.derived.get();
    const { focus, search } = app.store.get();
    if (!dataset || !coloring || focus === null) return;
    const i = dataset.indexOf(focus);
    const grow = () => app.store.set(selectRows([focus, ...(neighbors?.indices ?? []).map(dataset.rowOf)]));
    element.replaceChildren(
      ...backToMatches(app, search, matches),
      header(app, i),
      ...suspicions(app, i),
      cells(app, i),
      i < dataset.embedding.finite
        ? make(app.document, 'div.links', {}, [
            link(app.document, 'Isolate selection', isolate),
            link(app.document, 'Select neighbors', grow),
          ])
        : '',
    );
  }

  return { element, show };
}

function backToMatches({ document, store }, search, matches) {
  if (!search.query || !matches || matches.error) return [];
  const words = counted(matches.indices.length, 'match', 'matches');
  return [
    make(document, 'button.back', { type: 'button', on: { click: () => store.set(clearSelection()) } }, [
      icon(document, 'back'),
      words,
    ]),
  ];
}

function header(app, i) {
  const { document, store } = app;
  const { dataset, coloring, thumbnails } = app.derived.get();
  const { labelBy } = store.get();
  const value = isInPage(dataset.embedding, i) ? pointValue(document, coloring, labelBy, i) : null;
  const label = dataset.label(i, labelBy);
  const row = rowName(dataset.rowOf(i));
  return make(document, 'header.subject', {}, [
    thumbnail(document, thumbnails, i, 72, dataset.embedding.sprite?.smooth ?? true),
    make(document, 'div', {}, [
      make(document, 'h2', { title: label }, [cellText(document, label)]),
      value === null ? null : make(document, 'p.own', {}, [pointMark(document, coloring, i), make(document, 'span', {}, value)]),
      label === row ? null : make(document, 'p.quiet', { text: row }),
    ]),
    iconButton(document, {
      icon: 'close',
      name: 'Clear selection',
      key: 'Esc',
      onClick: () => store.set(clearSelection()),
    }),
  ]);
}

function suspicions({ document, derived }, i) {
  const { suspicions: found, neighbors } = derived.get();
  if (neighbors?.focus !== i) return [];
  return found.map((one) => make(document, 'p.suspect', { text: suspicion(one) }));
}

function cells(app, i) {
  const { document, store } = app;
  const { dataset, coloring } = app.derived.get();
  const shown = isInPage(dataset.embedding, i) ? dataset.cells(i, [store.get().labelBy, coloring.by]) : [];
  return make(
    document,
    'dl.meta',
    { hidden: shown.length === 0 },
    shown.flatMap(([name, cell]) => [
      make(document, 'dt', { text: name, title: name }),
      cell === null || isBlank(cell) ? make(document, 'dd', {}, [cellText(document, cell)]) : longText(document, cell),
    ]),
  );
}

function longText(document, cell) {
  if (cell.length <= LONG) return make(document, 'dd', { text: cell });
  const rest = make(document, 'button.more', { type: 'button', text: ` show all ${count(cell.length)} characters` });
  const element = make(document, 'dd', {}, [`${cell.slice(0, LONG)}…`, rest]);
  rest.addEventListener('click', () => {
    element.textContent = cell;
  });
  return element;
}
