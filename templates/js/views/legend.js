/** The legend: what labels and colors the points, and the classes, which can be lit and shown alone. */

import { toggleClass } from '../color/categories.js';
import { PALETTES, hexOf } from '../color/palette.js';
import { count, number } from '../text/format.js';
import { named } from '../text/words.js';
import { NEXT_COLUMNS } from '../state/lines.js';
import { cellText, choice, make } from './dom.js';
import { classHues } from './point_row.js';

const NONE = '';

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
    (state) => [state.embedding, state.labelBy, state.colorBy],
    (id, labelBy, colorBy) => {
      const { columns } = report.embeddings.find((one) => one.id === id);
      const held = bys.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
      element.hidden = columns.length === 0;
      bys.replaceChildren(...pickers(app, columns, labelBy, colorBy));
      if (held) bys.querySelector(`[aria-label="${held}"]`)?.focus();
    },
  );
  watch(
    (state, { coloring }) => [state.embedding, coloring],
    (id, coloring) => {
      const { leftOut } = report.embeddings.find((one) => one.id === id);
      if (!coloring) return;
      rows.replaceChildren(...scale(document, coloring), classList(app, coloring, leftOut));
      show(store.get().hidden);
    },
  );
  watch((state) => [state.hidden], show);

  function show(hidden) {
    const { coloring } = derived.get();
    rows.querySelectorAll('[data-class]').forEach((button) => {
      const one = coloring?.classes[Number(button.dataset.class)];
      if (one) button.setAttribute('aria-pressed', String(!hidden.includes(one.key)));
    });
  }

  return element;
}

function pickers({ document, store }, columns, labelBy, colorBy) {
  const offered = (chosen) => (one) => one.name === chosen || !NEXT_COLUMNS.includes(one.name);
  const names = (list) => list.map((one) => ({ value: String(one.index + 1), text: one.name }));
  const valueOf = (name) => String(columns.findIndex((one) => one.name === name) + 1 || NONE);
  const nameOf = (value) => (value === NONE ? null : columns[Number(value) - 1].name);
  const coloring = columns.filter((one) => one.kind !== 'text').filter(offered(colorBy));
  const by = (words, select) => make(document, 'p.by', {}, [`${words} `, select]);
  return [
    by(
      'Label by',
      choice(document, {
        label: 'Label by',
        value: valueOf(labelBy),
        options: [...names(columns.filter(offered(labelBy))), { value: NONE, text: 'row' }],
        onChange: (value) => store.set({ labelBy: nameOf(value) }),
      }),
    ),
    coloring.length === 0
      ? null
      : by(
          'Color by',
          choice(document, {
            label: 'Color by',
            value: valueOf(colorBy),
            options: [...names(coloring), { value: NONE, text: 'nothing' }],
            onChange: (value) => store.set({ colorBy: nameOf(value), hidden: [] }),
          }),
        ),
  ].filter(Boolean);
}

function scale(document, coloring) {
  if (coloring.kind !== 'scale' || !coloring.scale) return [];
  const { low, high, log } = coloring.scale;
  const stops = (theme) => PALETTES[theme].sequential.map(hexOf).join(',');
  return [
    make(document, 'p.ramp', { style: { '--rl': stops('light'), '--rd': stops('dark') } }, [
      make(document, 'i', { 'aria-hidden': 'true' }),
      make(document, 'span', { text: number(low) }),
      make(document, 'span', { text: number(high) }),
    ]),
    log ? make(document, 'p.quiet', { text: 'logarithmic scale' }) : null,
  ].filter(Boolean);
}

function classList(app, coloring, leftOut) {
  const { document } = app;
  const items = coloring.classes.map((one, at) => classRow(app, one, at));
  if (leftOut > 0) {
    items.push(
      make(document, 'li', {}, [
        make(document, 'i.mark.missing'),
        make(document, 'span', { text: 'left out' }),
        make(document, 'b', { text: count(leftOut) }),
      ]),
    );
  }
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
