/** The nearest neighbors of the selected point: both distances, and which are also near in the picture. */

import { selectRow } from '../state/moves.js';
import { isInPage } from '../state/presence.js';
import { distancesLike } from '../text/format.js';
import { alsoNear, approximate } from '../text/words.js';
import { make, segment } from './dom.js';
import { wireList } from './list_events.js';
import { pointHues, pointRow } from './point_row.js';

const METRICS = [
  { value: 'cosine', text: 'Cosine' },
  { value: 'euclidean', text: 'Euclidean' },
];

const NOT_FINITE = 'This row holds values that are not finite, so it has no neighbors.';
const NOT_HERE = 'This row is not in the page, nor are its neighbors.';
const ALONE = 'There is no other row to be near.';
const NOT_NEAR = 'Not among the nearest in this picture';
const NOT_NEAR_TIED = `${NOT_NEAR}; rows beyond this list, about as near as this one, may be`;
const NOT_PLACED = 'This point has no place in this picture.';

/**
 * @param {object} app
 * @returns {{element: HTMLElement, show: () => void, showKept: () => void}}
 */
export function createNeighborList(app) {
  const { document, store, derived } = app;
  const parts = {
    amount: amountField(app),
    metric: segment(document, {
      label: 'Distance',
      name: 'distance',
      options: METRICS,
      value: store.get().metric,
      onChange: (metric) => store.set({ metric }),
    }),
    list: make(document, 'ol.list', { 'aria-label': 'Nearest neighbors' }),
    foot: make(document, 'p.quiet.foot'),
    found: make(document, 'p.quiet.found', { hidden: true }),
  };
  const { list } = parts;
  const at = (entry) => derived.get().neighbors?.indices[entry] ?? -1;
  wireList(list, {
    count: () => derived.get().neighbors?.indices.length ?? 0,
    onOpen: (entry) => store.set(selectRow(derived.get().dataset.rowOf(at(entry)))),
    onHover: (entry) => derived.set({ hovered: entry < 0 ? -1 : at(entry) }),
    moveTo: (entry) => list.querySelector(`[data-entry="${entry}"]`)?.focus(),
  });
  return { element: frame(document, parts), show: () => show(app, parts), showKept: () => showKept(app, parts) };
}

function frame(document, { amount, metric, list, foot, found }) {
  const head = [make(document, 'h3', { text: 'Nearest neighbors' }), make(document, 'label.num', {}, ['k ', amount])];
  const units = [make(document, 'span.d', { text: 'cos' }), make(document, 'span.e', { text: 'L2' })];
  return make(document, 'div.neighbors', {}, [
    make(document, 'header.head', {}, head),
    make(document, 'p.cols', {}, [metric.element, ...units]),
    list,
    foot,
    found,
  ]);
}

function show(app, parts) {
  const { document, store, derived } = app;
  const { amount, metric, list, found } = parts;
  const { neighbors, dataset, coloring } = derived.get();
  const { k } = store.get();
  metric.show(store.get().metric);
  if (!neighbors || !dataset || !coloring) {
    list.replaceChildren();
    return;
  }
  const recall = dataset.embedding.recall[store.get().metric];
  found.hidden = recall === null || neighbors.indices.length === 0;
  if (recall !== null) found.textContent = approximate(recall);
  amount.max = String(dataset.embedding.k);
  if (document.activeElement !== amount) amount.value = String(k);
  const held = list.contains(document.activeElement);
  list.replaceChildren(...rows(app, neighbors));
  if (held) list.firstElementChild?.focus({ preventScroll: true });
  showKept(app, parts);
}

function showKept({ document, derived }, { list, foot }) {
  const { neighbors, kept, dataset, placed } = derived.get();
  const hasPlace = (i) => !placed || !Number.isNaN(placed.xyz[3 * i]);
  list.querySelectorAll('[data-entry]').forEach((item, entry) => {
    const i = neighbors?.indices[entry];
    const near = kept?.near.has(i) ?? false;
    const dot = item.lastElementChild;
    dot.className = near ? 'kept' : kept?.tied.has(i) ? 'lost tied' : 'lost';
    const lost = kept?.tied.has(i) ? NOT_NEAR_TIED : NOT_NEAR;
    dot.title = near ? 'Also a neighbor in this picture' : hasPlace(i) ? lost : NOT_PLACED;
  });
  if (!neighbors || neighbors.indices.length === 0) {
    foot.replaceChildren(neighbors && dataset ? whyNone(dataset.embedding, neighbors.focus) : ALONE);
    return;
  }
  if (!hasPlace(neighbors.focus)) {
    foot.replaceChildren(NOT_PLACED);
    return;
  }
  if (kept)
    foot.replaceChildren(kept.beyond ? '' : make(document, 'i.kept'), alsoNear(kept, neighbors.indices.length));
}

/** Drawn rows are stored first, then those that are not finite, then those that are not in the page. */
function whyNone(embedding, i) {
  if (i < embedding.finite) return ALONE;
  return isInPage(embedding, i) ? NOT_FINITE : NOT_HERE;
}

function rows(app, { indices, cosine, euclidean }) {
  const { document } = app;
  const { metric } = app.store.get();
  const { coloring } = app.derived.get();
  const chosen = metric === 'cosine' ? cosine : euclidean;
  const longest = chosen.reduce((most, one) => Math.max(most, one.value), 0) || 1;
  const formats = [cosine, euclidean].map((column) => distancesLike(column.map((one) => one.value)));
  const figure = (kind, { value, beyond }, format, isChosen) =>
    make(document, `i.${kind}${isChosen ? '.chosen' : ''}`, {
      text: `${beyond ? '> ' : ''}${format(value)}`,
      title: beyond ? 'Farther than the last neighbor kept for this distance' : null,
    });
  return indices.map((i, entry) => {
    const share = Math.max(0, Math.min(1, chosen[entry].value / longest));
    const item = pointRow(app, i, {
      extra: [
        make(document, 'i.near.k', { style: { ...pointHues(coloring, i), '--w': `${share * 100}%` } }),
        figure('d', cosine[entry], formats[0], metric === 'cosine'),
        figure('e', euclidean[entry], formats[1], metric !== 'cosine'),
        make(document, 'i.lost'),
      ],
    });
    item.querySelector('small')?.remove();
    item.dataset.entry = String(entry);
    item.tabIndex = entry === 0 ? 0 : -1;
    return item;
  });
}

/** How many neighbors are listed: live while a possible number is typed, put right when the field is left. */
function amountField({ document, store, derived }) {
  const most = () => derived.get().dataset?.embedding.k ?? 1;
  const input = make(document, 'input', { type: 'number', 'aria-label': 'Neighbors', min: '1' });
  input.addEventListener('input', () => {
    const wanted = Number(input.value);
    if (Number.isInteger(wanted) && wanted >= 1 && wanted <= most()) store.set({ k: wanted });
  });
  input.addEventListener('change', () => {
    const wanted = Math.round(Number(input.value));
    const k = Number.isFinite(wanted) && input.value !== '' ? Math.max(1, Math.min(most(), wanted)) : store.get().k;
    input.value = String(k);
    store.set({ k });
  });
  return input;
}
