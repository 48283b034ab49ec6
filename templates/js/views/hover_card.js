/** The card beside the point under the pointer: its picture, its label, its metadata. */

import { rowName } from '../text/words.js';
import { cellText, make, oneLine } from './dom.js';
import { cardPlace } from './layout.js';
import { pointMark, pointValue } from './point_row.js';
import { thumbnail } from './thumbnail.js';

const MOST_CELLS = 4;

/**
 * @param {object} app
 * @returns {{element: HTMLElement, show: (i: number, point: {x: number, y: number}|null, within: object) => void}} `show` hides
 *   the card for a point of -1
 */
export function createHoverCard(app) {
  const { document } = app;
  const element = make(document, 'div.card.live', { hidden: true, role: 'tooltip' });
  let shown = -1;

  function show(i, point, within) {
    element.hidden = i < 0 || point === null;
    if (element.hidden) {
      shown = -1;
      return;
    }
    if (shown !== i) element.replaceChildren(...contents(app, i));
    shown = i;
    element.classList.toggle('bare', !app.derived.get().thumbnails);
    const { left, top } = cardPlace(point, { width: element.offsetWidth, height: element.offsetHeight }, within);
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  return { element, show };
}

function contents(app, i) {
  const { document, store } = app;
  const { dataset, coloring, thumbnails } = app.derived.get();
  const { labelBy } = store.get();
  const label = dataset.label(i, labelBy);
  const value = pointValue(document, coloring, labelBy, i);
  const row = rowName(dataset.rowOf(i));
  const cells = dataset
    .cells(i, [labelBy, coloring.by])
    .filter(([, cell]) => cell !== null)
    .slice(0, MOST_CELLS);
  return [
    thumbnail(document, thumbnails, i, 72, dataset.embedding.sprite?.smooth ?? true),
    make(document, 'div', {}, [
      make(document, 'p.title', {}, [cellText(document, oneLine(label))]),
      value === null ? null : make(document, 'p.own', {}, [pointMark(document, coloring, i), make(document, 'span', {}, value)]),
      cells.length
        ? make(
            document,
            'dl',
            {},
            cells.flatMap(([name, cell]) => [
              make(document, 'dt', { text: name }),
              make(document, 'dd', {}, [cellText(document, oneLine(cell).slice(0, 200))]),
            ]),
          )
        : null,
      label === row ? null : make(document, 'p.quiet', { text: row }),
    ]),
  ].filter(Boolean);
}
