/** The elements of the application that stand in the article on the screen, and which article that is. */

import { pictureName } from '../text/words.js';
import { make } from './dom.js';
import { viewOf } from '../state/saved_views.js';
import { shownProjection } from './projections.js';

/**
 * @param {Document} document
 * @returns {{stage: HTMLElement, underlay: HTMLCanvasElement, container: HTMLElement, overlay: HTMLCanvasElement}}
 */
export function createStage(document) {
  const underlay = make(document, 'canvas', { 'aria-hidden': 'true' });
  const container = make(document, 'div', { 'aria-hidden': 'true' });
  const overlay = make(document, 'canvas', { id: 'picture', role: 'img', tabindex: '0', 'aria-label': 'Picture' });
  return { stage: make(document, 'div.stage.live', {}, [underlay, container, overlay]), underlay, container, overlay };
}

/**
 * Moves the live elements into the article of the embedding on the screen, in the order in which they take the focus.
 * @param {object} app
 * @param {{tabs: HTMLElement, stage: HTMLElement, overlay: HTMLElement, legend: HTMLElement,
 *   tools: HTMLElement, card: HTMLElement, side: HTMLElement}} parts
 */
export function furnish(app, { tabs, stage, overlay, legend, tools, card, side }) {
  const { document, report, watch } = app;
  const skip = make(document, 'a.skip.live', {
    href: '#picture',
    text: 'To the picture',
    on: {
      click: (event) => {
        event.preventDefault();
        overlay.focus();
      },
    },
  });
  document.body.prepend(skip);
  watch(
    (state) => [state.embedding],
    (id) => {
      for (const article of document.querySelectorAll('.embedding'))
        article.classList.toggle('current', article.dataset.embedding === String(id));
      const article = document.querySelector('.embedding.current');
      const picture = article.querySelector('.picture');
      picture.before(tabs);
      picture.prepend(stage);
      picture.after(legend, tools, card);
      article.after(side);
    },
  );
  watch(
    (state, { coloring }) => [state.embedding, state.projection, state.components, state.spherize, coloring],
    (id, projection, components, spherize, coloring) => {
      const embedding = report.embeddings.find((one) => one.id === id);
      if (!embedding.projections.length) return;
      const shown = shownProjection(embedding, { projection, components, spherize });
      overlay.setAttribute(
        'aria-label',
        pictureName(
          { method: shown.method, dims: shown.dims, variant: spherize && shown.method === 'pca' ? 'spherized' : null },
          viewOf(embedding, projection)?.points ?? shown.projection.points,
          coloring?.title ?? null,
        ),
      );
    },
  );
}
