/** The legend: what labels and colors the points, and the classes, which can be lit and shown alone. */

import { toggleClass } from '../color/categories.js';
import { PALETTES, hexOf } from '../color/palette.js';
import { classCounts } from '../state/shown.js';
import { count } from '../text/format.js';
import { aboutFigure, named } from '../text/words.js';
import { cellText, make } from './dom.js';
import { columnChoices } from './legend_choices.js';
import { classHues } from './point_row.js';

/**
 * @param {object} app
 * @returns {HTMLElement}
 */
export function createLegend(app) {
  const { document, store, derived, watch, report } = app;
  const bys = make(document, 'div.bys');
  const rows = make(document, 'div.rows');
  const element = make(document, 'section.legend.live', { 'aria-label': 'Legend' }, [bys, rows]);

  watch(
    ({ embedding, labelBy, colorBy, projection, components, spherize }) => [
      ...[embedding, labelBy, colorBy],
      ...[projection, components, spherize],
    ],
    (id) => {
      const embedding = report.embeddings.find((one) => one.id === id);
      const held = bys.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
      element.hidden = embedding.columns.length === 0 && embedding.figures.length === 0;
      bys.replaceChildren(...columnChoices(app, embedding));
      if (held) bys.querySelector(`[aria-label="${held}"]`)?.focus();
    },
  );
  watch(
    (state, { coloring }) => [state.embedding, coloring],
    (id, coloring) => {
      const { leftOut, settings } = report.embeddings.find((one) => one.id === id);
      if (!coloring) return;
      rows.replaceChildren(...scale(document, coloring, settings), classList(app, coloring, leftOut));
      show();
    },
  );
  watch((state, { placed }) => [state.hidden, state.isolated, placed], show);

  function show() {
    const { coloring, dataset, placed } = derived.get();
    if (!coloring || !dataset) return;
    const { hidden } = store.get();
    const { counts, unplaced } = classCounts(store.get(), derived.get());
    rows.querySelectorAll('[data-class]').forEach((button) => {
      const at = Number(button.dataset.class);
      const one = coloring.classes[at];
      if (!one) return;
      button.setAttribute('aria-pressed', String(!hidden.includes(one.key)));
      button.lastElementChild.textContent = count(counts ? counts[at] : one.count);
    });
    const row = rows.querySelector('.unplaced');
    if (!row) return;
    row.hidden = !placed || unplaced === 0;
    row.lastElementChild.textContent = count(unplaced);
  }

  return element;
}

function scale(document, coloring, { metric }) {
  if (coloring.kind !== 'scale' || !coloring.scale) return [];
  const [low, high] = coloring.ends(coloring.scale);
  const about = coloring.figure ? aboutFigure(coloring.by, metric) : '';
  const stops = (theme) => PALETTES[theme].sequential.map(hexOf).join(',');
  return [
    make(document, 'p.ramp', { style: { '--rl': stops('light'), '--rd': stops('dark') } }, [
      make(document, 'i', { 'aria-hidden': 'true' }),
      make(document, 'span', { text: low }),
      make(document, 'span', { text: high }),
    ]),
    about ? make(document, 'p.quiet', { text: about }) : null,
    coloring.scale.log ? make(document, 'p.quiet', { text: 'logarithmic scale' }) : null,
  ].filter(Boolean);
}

function classList(app, coloring, leftOut) {
  const { document } = app;
  const items = coloring.classes.map((one, at) => classRow(app, one, at));
  const hollow = (words, rows, classes) =>
    make(document, `li${classes}`, {}, [
      make(document, 'i.mark.missing'),
      make(document, 'span', { text: words }),
      make(document, 'b', { text: count(rows) }),
    ]);
  items.push(hollow('not placed', 0, '.unplaced'));
  if (leftOut > 0) items.push(hollow('left out', leftOut, ''));
  return make(document, 'ul', {}, items);
}

function classRow({ document, store, derived }, one, at) {
  const light = (on) => () => derived.set({ hoverClass: on ? at : -1 });
  const click = (event) => {
    const { classes } = derived.get().coloring;
    store.set({ hidden: toggleClass(classes, store.get().hidden, one.key, event.ctrlKey || event.metaKey) });
  };
  return make(document, 'li', {}, [
    make(
      document,
      'button',
      {
        type: 'button',
        'aria-pressed': 'true',
        data: { class: String(at) },
        title: `${named(one.name)}: click shows it alone, Ctrl click shows or hides it`,
        on: { click, pointerenter: light(true), pointerleave: light(false), focus: light(true), blur: light(false) },
      },
      [
        make(document, `i.mark.k.${one.mark}`, { style: classHues(one) }),
        make(document, 'span', {}, [one.mark === 'missing' ? cellText(document, null) : cellText(document, one.name)]),
        make(document, 'b', { text: count(one.count) }),
      ],
    ),
  ]);
}
