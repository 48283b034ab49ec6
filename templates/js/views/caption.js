/** The caption of the picture: method, settings, points; then what the user should know. */

import { make } from './dom.js';
import { shownProjection, varianceOf } from './projections.js';
import { shownCount } from '../state/shown.js';
import { count, counted, listed, percent } from '../text/format.js';
import { unpacking } from '../text/words.js';

/** The last sentence of a caption written at build time. */
const POINTS = /(?:[\d,]+ of )?[\d,]+\s(?:points?|rows?), [\d,]+\sdimensions?\.$/;

/**
 * Takes over the caption of the article on the screen.
 * @param {object} app
 */
export function createCaption(app) {
  const { document, store, derived, report, watch } = app;
  const note = make(document, 'span.note.live', { role: 'status' });
  const words = make(document, 'span.live');
  const open = make(document, 'button.live', {
    type: 'button',
    text: 'Figures and source',
    on: { click: () => store.set({ panel: store.get().panel === 'figures' ? null : 'figures' }) },
  });

  const shownNow = () => {
    const { dataset, coloring } = derived.get();
    return dataset && coloring ? shownCount(store.get(), derived.get()) : null;
  };
  watch(
    (state, { dataset, coloring, placed }) => [
      ...[state.embedding, state.projection, state.components],
      ...[state.isolated, state.hidden, dataset, coloring, placed],
    ],
    (id, projection, components) => {
      const embedding = report.embeddings.find((one) => one.id === id);
      const caption = document.querySelector('.embedding.current figcaption');
      wrapStatic(document, caption);
      caption.append(words, ' ', note, open);
      if (embedding.projections.length) words.textContent = captionOf(embedding, { projection, components }, shownNow());
    },
  );
  watch(
    (state, { renderer, noted, placed }) => [state.embedding, renderer, noted, placed === null],
    (id, renderer, _, waiting) => {
      const { rows } = report.embeddings.find((one) => one.id === id);
      note.textContent =
        waiting && !document.documentElement.classList.contains('drawn') ? unpacking(rows) : (renderer?.note ?? '');
    },
  );
}

/** The words written at build time are for paper and for pages without scripts. */
function wrapStatic(document, caption) {
  if (caption.querySelector('.written')) return;
  const written = make(document, 'span.written');
  written.append(...caption.childNodes);
  caption.append(written);
}

/**
 * The caption of a projection; components other than the first ones are named with the variance they hold.
 * @param {object} embedding
 * @param {{projection: string, components: number[]}} state
 * @param {number|null} [shown] points drawn, null when isolation and legend take none away
 * @returns {string}
 */
export function captionOf(embedding, state, shown = null) {
  const { projection, dims } = shownProjection(embedding, state);
  const usual =
    state.components.length === Math.min(3, projection.dims) && state.components.every((one, n) => one === n + 1);
  const variance = varianceOf(projection, state.components);
  const tail = pointsSentence(embedding, shown ?? embedding.rows - embedding.leftOut);
  if (projection.method !== 'pca' || variance === null || usual)
    return shown === null ? projection.caption : projection.caption.replace(POINTS, () => tail);
  return `PCA ${dims}D, components ${listed(state.components.map(String))}: ${percent(variance)} of the variance. ${tail}`;
}

function pointsSentence({ rows, dims }, drawn) {
  const points = drawn === rows ? counted(rows, 'point') : `${count(drawn)} of ${counted(rows, 'point')}`;
  return `${points}, ${counted(dims, 'dimension')}.`;
}
