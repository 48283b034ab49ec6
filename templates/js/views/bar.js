/** The bar: run and tensor, then the page's own buttons; on a narrow page the rarer ones are folded into a menu. */

import { choice, iconButton, link, make } from './dom.js';
import { embeddingState } from '../state/fields.js';
import { count } from '../text/format.js';

const DARK = '(prefers-color-scheme: dark)';

/**
 * @param {object} app
 * @param {{onBookmark: () => void}} actions
 */
export function createBar(app, { onBookmark }) {
  const { document, report, watch } = app;
  const bar = document.querySelector('.bar');
  const picks = make(document, 'div.picks.live');
  const menu = foldedMenu(document, bar);
  bar.append(menu.element, picks, make(document, 'div.acts.live', {}, pageButtons(app, onBookmark)));

  const show = (id) => {
    menu.unfold(false);
    openEmbedding(
      app,
      report.embeddings.find((one) => one.id === id),
    );
  };
  watch(
    (state) => [state.embedding],
    (id) => {
      const folded = [
        menu.action('Figures and source', () => togglePanel(app, 'figures')),
        menu.action('Add bookmark', onBookmark),
      ];
      picks.replaceChildren(...pickers(document, report.embeddings, id, show), ...folded);
    },
  );
}

/** On a narrow page run, tensor, figures and bookmark are behind a button. */
function foldedMenu(document, bar) {
  const onClick = () => unfold(!bar.classList.contains('unfolded'));
  const element = iconButton(document, { icon: 'down', name: 'Menu', classes: 'menu live', onClick });
  function unfold(on) {
    bar.classList.toggle('unfolded', on);
    element.setAttribute('aria-expanded', String(on));
  }
  unfold(false);
  /** Something to do that has no other place on a narrow page; it folds the menu. */
  function action(words, act) {
    const button = link(document, words, () => {
      unfold(false);
      act();
    });
    button.classList.add('folded');
    return button;
  }
  return { element, unfold, action };
}

function pageButtons(app, onBookmark) {
  const { document, watch } = app;
  const bookmark = iconButton(document, {
    icon: 'bookmark',
    name: 'Add bookmark',
    key: 'B',
    classes: 'rare',
    onClick: onBookmark,
  });
  const onHelp = () => togglePanel(app, 'keys');
  const help = iconButton(document, { icon: 'help', name: 'Keys and help', key: '?', onClick: onHelp });
  watch(
    (state) => [state.panel],
    (panel) => help.setAttribute('aria-expanded', String(panel === 'keys')),
  );
  return [bookmark, themeButton(app), help];
}

/** Follows the theme of the state, or that of the system while the state has none. */
function themeButton(app) {
  const { document, window, derived, watch } = app;
  const button = iconButton(document, { icon: 'theme', name: 'Dark theme', key: 'D', onClick: () => toggleTheme(app) });
  window.matchMedia(DARK).addEventListener('change', ({ matches }) => derived.set({ systemDark: matches }));
  watch(
    (state) => [shownTheme(app, state.theme)],
    (shown) => {
      document.documentElement.dataset.theme = shown;
      const other = shown === 'dark' ? 'Light theme' : 'Dark theme';
      button.setAttribute('aria-label', other);
      button.title = `${other} (D)`;
    },
  );
  return button;
}

/** Run, tensor and step of what is on the screen; a choice where there is one. */
function pickers(document, embeddings, id, show) {
  const now = embeddings.find((one) => one.id === id);
  const runs = [...new Set(embeddings.map((one) => one.run))];
  const beside = embeddings.filter((one) => one.run === now.run);
  const words = (text, title = text) => make(document, 'span', { text, title });
  const pickRun = (run) => {
    const there = embeddings.filter((one) => one.run === run);
    show((there.find((one) => one.title === now.title) ?? there[0]).id);
  };
  const runOptions = runs.map((run) => ({ value: run, text: run }));
  const tensorOptions = beside.map((one) => ({ value: one.id, text: one.title }));
  return [
    runs.length > 1 ? choice(document, { label: 'Run', value: now.run, options: runOptions, onChange: pickRun }) : null,
    runs.length === 1 && now.run !== '.' ? words(now.run) : null,
    beside.length > 1 ? choice(document, { label: 'Tensor', value: id, options: tensorOptions, onChange: show }) : null,
    beside.length === 1 ? words(now.title, now.tensor) : null,
    now.step === null || now.step === undefined ? null : words(`step ${count(now.step)}`),
  ].filter(Boolean);
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
