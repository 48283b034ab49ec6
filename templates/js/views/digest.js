/** The counts beside the headline: a click colors by the figure that shows which points are meant, or opens the notices. */

import { figureOf } from '../state/figures.js';
import { embeddingState } from '../state/fields.js';
import { make } from './dom.js';

/**
 * Makes buttons of the counts of the article on the screen, where there is something to show.
 * @param {object} app
 */
export function createDigest(app) {
  const { document, store, report, watch } = app;
  watch(
    (state) => [state.embedding],
    (id) => {
      const embedding = report.embeddings.find((one) => one.id === id);
      const items = document.querySelectorAll('.embedding.current .digest li');
      items.forEach((item, n) => enliven(app, embedding, item, embedding.digest[n]));
    },
  );
  watch(
    (state) => [state.embedding, state.colorBy, state.panel],
    () => {
      for (const button of document.querySelectorAll('.digest button')) showPressed(button, store.get());
    },
  );
}

function enliven({ document, store }, embedding, item, { code, figure }) {
  if (item.querySelector('button')) return;
  const shown = coloredBy(embedding, figure);
  if (!shown && code !== 'warnings') return;
  const click = () => store.set(shown ? colorOrBack(embedding, store.get(), shown.name) : openOrClose(store.get()));
  const attributes = { type: 'button', on: { click } };
  if (shown) Object.assign(attributes, { title: `Color by ${shown.title}`, data: { figure: shown.name } });
  const button = make(document, 'button', attributes);
  button.append(...item.childNodes);
  item.append(button);
}

/** A figure that has the name of a column is told apart from it. */
function coloredBy(embedding, name) {
  return figureOf(embedding, `figure:${name}`) ?? figureOf(embedding, name);
}

function colorOrBack(embedding, { colorBy }, name) {
  return { colorBy: colorBy === name ? embeddingState(embedding).colorBy : name, hidden: [] };
}

function openOrClose({ panel }) {
  return { panel: panel === 'figures' ? null : 'figures' };
}

function showPressed(button, { colorBy, panel }) {
  const { figure } = button.dataset;
  if (figure !== undefined) button.setAttribute('aria-pressed', String(figure === colorBy));
  else button.setAttribute('aria-expanded', String(panel === 'figures'));
}
