/** The views of the bookmarks file, as a list: shown with one click, kept as the file has them. */

import { showView } from '../state/saved_views.js';
import { make } from './dom.js';

/**
 * @param {object} app
 * @returns {HTMLElement} hidden where the embedding on the screen has none
 */
export function createSavedList({ document, store, report, watch }) {
  const list = make(document, 'ol.list.bookmarks', { 'aria-label': 'Saved views' });
  const head = make(document, 'header.head', {}, [make(document, 'h3', { text: 'From the bookmarks file' })]);
  const element = make(document, 'div.saved', {}, [head, list]);
  watch(
    (state) => [state.embedding],
    (id) => {
      const embedding = report.embeddings.find((one) => one.id === id);
      list.replaceChildren(...embedding.savedViews.map((view) => row({ document, store }, embedding, view)));
      element.hidden = embedding.savedViews.length === 0;
    },
  );
  watch(
    (state) => [state.embedding, state.projection],
    (_, projection) => {
      for (const item of list.children) {
        const on = item.dataset.view === projection;
        item.classList.toggle('on', on);
        item.firstChild.setAttribute('aria-pressed', String(on));
      }
    },
  );
  return element;
}

function row({ document, store }, embedding, view) {
  const on = { click: () => store.set(showView(embedding, view)) };
  const button = make(document, 'button.go', { type: 'button', text: view.label, title: `Show ${view.label}`, on });
  return make(document, 'li', { data: { view: view.projection } }, [button]);
}
