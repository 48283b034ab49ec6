/** Several points selected at once. */

import { clearSelection, selectRow } from '../state/moves.js';
import { isolateShown } from '../state/shown.js';
import { count } from '../text/format.js';
import { iconButton, link, make } from './dom.js';
import { pointRow } from './point_row.js';
import { splitBar } from './split.js';
import { createVirtualList } from './virtual_list.js';

/**
 * @param {object} app
 * @returns {{element: HTMLElement, show: () => void, focusFirst: () => void}}
 */
export function createSelectionPanel(app) {
  const { document, store, derived, rowHeight } = app;
  let indices = [];
  const list = createVirtualList({
    document,
    label: 'Selected points',
    rowHeight,
    build: (entry) => pointRow(app, indices[entry]),
    onOpen: (entry) => store.set(selectRow(derived.get().dataset.rowOf(indices[entry]))),
    onHover: (entry) => derived.set({ hovered: entry < 0 ? -1 : indices[entry] }),
  });
  const element = make(document, 'section.panel', { 'aria-label': 'Selection' });

  function show() {
    const { dataset, coloring } = derived.get();
    if (!dataset || !coloring) return;
    const { selection, search } = store.get();
    indices = dataset.indices(selection);
    element.replaceChildren(
      make(document, 'header.head', {}, [
        make(document, 'h2', { text: `${count(selection.length)} selected` }),
        iconButton(document, {
          icon: 'close',
          name: 'Clear selection',
          key: 'Esc',
          onClick: () => store.set(clearSelection()),
        }),
      ]),
      ...splitBar(document, coloring, indices),
      list.element,
      make(document, 'div.links', {}, [
        link(document, 'Isolate selection', () =>
          store.set(isolateShown(store.get(), derived.get(), selection, search.query)),
        ),
      ]),
    );
    list.show(indices.length);
  }

  return { element, show, focusFirst: list.focusFirst };
}
