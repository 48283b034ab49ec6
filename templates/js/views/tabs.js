/** The tabs: which projection, in how many dimensions, along which components, and how faithful it is. */

import { counted, percent, shorten } from '../text/format.js';
import { drawnName, hasSpherized } from '../state/drawn.js';
import { showView, viewOf } from '../state/saved_views.js';
import { keepsTooltip, methodName } from '../text/words.js';
import { choice, make, segment, tick } from './dom.js';
import {
  asMeasured,
  dimensionsOf,
  methodsOf,
  settingsOf,
  showMethod,
  shownProjection,
  varianceOf,
} from './projections.js';

const DIMENSIONS = [
  { value: '2', text: '2D' },
  { value: '3', text: '3D' },
];

/**
 * @param {object} app
 * @param {{trail: HTMLElement}} parts
 * @returns {HTMLElement}
 */
export function createTabs(app, { trail }) {
  const { document, report, watch } = app;
  const tablist = make(document, 'div.tablist', { role: 'tablist', 'aria-label': 'Projection' });
  const dims = make(document, 'span');
  const axes = make(document, 'span.axes');
  const second = make(document, 'div.second', {}, [axes]);
  tablist.addEventListener('keydown', (event) => walkTabs(tablist, event));
  watch(
    (state) => [state.embedding, state.projection, state.components, state.spherize],
    (id, projection, components, spherize) => {
      const embedding = report.embeddings.find((one) => one.id === id);
      const held = document.activeElement;
      const name = held?.getAttribute?.('aria-label') ?? held?.value;
      const inside = [tablist, dims, axes].find((one) => one.contains(held));
      if (embedding.projections.length === 0) return;
      const state = { projection, components, spherize };
      const shown = shownProjection(embedding, state);
      tablist.replaceChildren(...methodsOf(embedding).map((method) => tab(app, embedding, method, shown, state)));
      dims.replaceChildren(...dimensionSwitch(app, embedding, shown));
      axes.replaceChildren(...axisChoices(app, embedding, shown, state));
      if (inside === tablist) tablist.querySelector('[aria-selected=true]')?.focus();
      else if (inside === dims) dims.querySelector(':checked')?.focus();
      else if (inside === axes) axes.querySelector(`[aria-label="${name}"]`)?.focus();
    },
  );
  return make(document, 'div.tabs.live', {}, [make(document, 'div', {}, [tablist, dims, trail]), second]);
}

function tab({ document, store }, embedding, method, shown, { components, spherize }) {
  const selected = method === shown.method;
  const patch = showMethod(embedding, method, shown.dims);
  const name = drawnName(embedding, { projection: patch.projection, spherize });
  const there = embedding.projections.find((one) => one.name === name);
  const saved = method === 'saved';
  const title = saved && embedding.savedViews.length > 1 ? 'Saved views' : methodName(method);
  const note = saved
    ? savedNote(embedding)
    : faithfulness(there, selected ? components : (patch.components ?? [1, 2, 3]));
  return make(
    document,
    'button',
    {
      type: 'button',
      role: 'tab',
      'aria-selected': String(selected),
      'aria-label': title,
      tabindex: selected ? '0' : '-1',
      title: note.tooltip,
      on: {
        click: () => {
          if (!selected) store.set(patch);
        },
      },
    },
    [title, make(document, 'small', { text: note.words })],
  );
}

/** The label of the only view; of several, how many there are: which one is shown stands in the choice below. */
function savedNote({ savedViews }) {
  const words = savedViews.length > 1 ? counted(savedViews.length, 'view') : shorten(savedViews[0].label, 24);
  return { words, tooltip: 'From the bookmarks file' };
}

/** PCA is measured in its first three components; along others it says the variance they hold. */
function faithfulness(projection, components) {
  if (asMeasured(projection, components) && projection.kept !== null && projection.kept !== undefined) {
    return { words: `keeps ${percent(projection.kept)}`, tooltip: keepsTooltip(projection.kept) };
  }
  const variance = varianceOf(projection, components);
  if (variance === null) return { words: '', tooltip: null };
  return {
    words: `${percent(variance)} of variance`,
    tooltip: `Components ${components.join(', ')} hold ${percent(variance)} of the variance.`,
  };
}

function dimensionSwitch({ document, store }, embedding, shown) {
  const there = dimensionsOf(embedding, shown.method);
  if (there.length < 2) return [];
  const onChange = (value) => store.set(showMethod(embedding, shown.method, Number(value)));
  return [
    segment(document, {
      label: 'Dimensions',
      name: 'dimensions',
      options: DIMENSIONS,
      value: String(shown.dims),
      onChange,
    }).element,
  ];
}

function axisChoices({ document, store }, embedding, shown, { components, spherize }) {
  if (shown.method === 'saved') return savedChoices({ document, store }, embedding, shown);
  if (shown.method !== 'pca') {
    const options = settingsOf(embedding, shown.projection);
    if (options.length === 0) return [];
    return [
      choice(document, {
        label: 'Settings',
        options,
        value: shown.projection.name,
        onChange: (projection) => store.set({ projection, camera: null }),
      }),
    ];
  }
  const switches = hasSpherized(embedding) ? [spherizeSwitch({ document, store }, spherize)] : [];
  if (shown.projection.dims <= components.length) return switches;
  const { variance } = shown.projection;
  const options = Array.from({ length: shown.projection.dims }, (_, n) => ({
    value: String(n + 1),
    text: variance ? `PC ${n + 1}, ${percent(variance[n])}` : `PC ${n + 1}`,
  }));
  const choices = components.map((one, axis) =>
    choice(document, {
      label: `${'XYZ'[axis]} axis`,
      options,
      value: String(one),
      onChange: (value) => store.set({ components: swapped(components, axis, Number(value)), camera: null }),
    }),
  );
  return [...choices, ...switches];
}

/** Both variants are in the report; the switch shows one or the other. */
function spherizeSwitch({ document, store }, spherize) {
  return tick(document, {
    label: 'Spherize',
    title: 'Center the rows and scale each to length 1 before the PCA',
    on: spherize,
    onChange: (on) => store.set({ spherize: on, camera: null }),
  });
}

function savedChoices({ document, store }, embedding, shown) {
  if (embedding.savedViews.length < 2) return [];
  const list = choice(document, {
    label: 'Saved view',
    options: embedding.savedViews.map(({ projection, label }) => ({ value: projection, text: shorten(label, 60) })),
    value: shown.projection.name,
    onChange: (name) => store.set(showView(embedding, viewOf(embedding, name))),
  });
  return [list];
}

/** A component stands on one axis only: the one it replaces takes its old place. */
function swapped(components, axis, wanted) {
  return components.map((one, n) => {
    if (n === axis) return wanted;
    return one === wanted ? components[axis] : one;
  });
}

function walkTabs(tablist, event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const tabs = [...tablist.children];
  const next = tabs[(tabs.indexOf(event.target.closest('[role=tab]')) + step + tabs.length) % tabs.length];
  event.preventDefault();
  event.stopPropagation();
  next.focus();
  next.click();
}
