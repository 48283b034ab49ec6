/** The bar: run and tensor, then the page's own buttons; on a narrow page the rarer ones are folded into a menu. */

import { choice, icon, iconButton, make } from './dom.js';
import { embeddingState } from '../state/fields.js';
import { count } from '../text/format.js';

const DARK = '(prefers-color-scheme: dark)';

/**
 * @param {object} app
 * @param {{onBookmark: () => void}} actions
 */
export function createBar(app, { onBookmark }) {
  const { document, window, report, store, derived, watch } = app;
  const bar = document.querySelector('.bar');
  const picks = make(document, 'div.picks.live');
  const menu = make(
    document,
    'button.icon.menu.live',
    {
      type: 'button',
      'aria-label': 'Menu',
      'aria-expanded': 'false',
      on: { click: () => unfold(!bar.classList.contains('unfolded')) },
    },
    [icon(document, 'down')],
  );
  const bookmark = iconButton(document, {
    icon: 'bookmark',
    name: 'Add bookmark',
    key: 'B',
    classes: 'rare needs-data',
    onClick: onBookmark,
  });
  const theme = iconButton(document, { icon: 'theme', name: 'Dark theme', key: 'D', onClick: () => toggleTheme(app) });
  const help = iconButton(document, {
    icon: 'help',
    name: 'Keys and help',
    key: '?',
    onClick: () => togglePanel(app, 'keys'),
  });
  bar.append(menu, picks, make(document, 'div.acts.live', {}, [bookmark, theme, help]));

  function unfold(on) {
    bar.classList.toggle('unfolded', on);
    menu.setAttribute('aria-expanded', String(on));
  }

  const show = (id) => {
    unfold(false);
    if (id === undefined || id === store.get().embedding) return;
    openEmbedding(
      app,
      report.embeddings.find((one) => one.id === id),
    );
  };
  watch(
    (state) => [state.embedding],
    (id) => {
      const keep = make(document, 'button.link.folded', {
        type: 'button',
        text: 'Add bookmark',
        on: {
          click: () => {
            unfold(false);
            onBookmark();
          },
        },
      });
      picks.replaceChildren(...pickers(document, report.embeddings, id, show), keep);
    },
  );
  watch(
    (state) => [state.panel],
    (panel) => help.setAttribute('aria-expanded', String(panel === 'keys')),
  );
  window.matchMedia(DARK).addEventListener('change', ({ matches }) => derived.set({ systemDark: matches }));
  watch(
    (state) => [shownTheme(app, state.theme)],
    (shown) => {
      document.documentElement.dataset.theme = shown;
      const other = shown === 'dark' ? 'Light theme' : 'Dark theme';
      theme.setAttribute('aria-label', other);
      theme.title = `${other} (D)`;
    },
  );
}

function pickers(document, embeddings, id, show) {
  const now = embeddings.find((one) => one.id === id);
  const runs = [...new Set(embeddings.map((one) => one.run))];
  const beside = embeddings.filter((one) => one.run === now.run);
  const parts = [];
  if (runs.length > 1) {
    const pick = (run) =>
      show(
        (
          embeddings.find((one) => one.run === run && one.title === now.title) ??
          embeddings.find((one) => one.run === run)
        ).id,
      );
    parts.push(
      choice(document, {
        label: 'Run',
        value: now.run,
        onChange: pick,
        options: runs.map((run) => ({ value: run, text: run })),
      }),
    );
  } else if (now.run !== '.') parts.push(make(document, 'span', { text: now.run, title: now.run }));
  if (beside.length > 1) {
    const options = beside.map((one) => ({ value: String(one.id), text: one.title }));
    parts.push(
      choice(document, {
        label: 'Tensor',
        value: String(id),
        options,
        onChange: (value) => show(beside.find((one) => String(one.id) === value).id),
      }),
    );
  } else parts.push(make(document, 'span', { text: now.title, title: now.tensor }));
  if (now.step !== null && now.step !== undefined)
    parts.push(make(document, 'span', { text: `step ${count(now.step)}` }));
  return parts;
}

/**
 * Another embedding comes on the screen; the search stays where its column is there too.
 * @param {object} app
 * @param {object} embedding
 */
export function openEmbedding({ store }, embedding) {
  const { search, k } = store.get();
  const known = embedding.columns.some((one) => one.name === search.column);
  store.set({
    ...embeddingState(embedding),
    k: Math.max(Math.min(k, embedding.k), Math.min(1, embedding.k)),
    panel: null,
    search: { ...search, column: known ? search.column : null },
  });
}

/**
 * @param {object} app
 * @param {"light"|"dark"|null} wanted
 * @returns {"light"|"dark"}
 */
export function shownTheme({ window }, wanted) {
  return wanted ?? (window.matchMedia(DARK).matches ? 'dark' : 'light');
}

/** @param {object} app */
export function toggleTheme(app) {
  const shown = shownTheme(app, app.store.get().theme);
  app.store.set({ theme: shown === 'dark' ? 'light' : 'dark' });
}

/**
 * @param {object} app
 * @param {string} panel
 */
export function togglePanel({ store }, panel) {
  store.set({ panel: store.get().panel === panel ? null : panel });
}
