/** The caption of the picture: method, settings, points; then what the user should know. */

import { make } from './dom.js';
import { SPHERIZED } from '../state/drawn.js';
import { asMeasured, shownProjection, varianceOf } from './projections.js';
import { shownCount } from '../state/shown.js';
import { count, counted, listed, percent } from '../text/format.js';
import { unpacking } from '../text/words.js';

/** The last sentence of a caption written at build time. */
const POINTS = /(?:[\d,]+ of )?[\d,]+\s(?:points?|rows?)(?: placed)?, [\d,]+\sdimensions?\.$/;

/**
 * Takes over the caption of the article on the screen. `app.about` says the same at the head of "Figures and source", for
 * pages without room under the picture.
 * @param {object} app
 */
export function createCaption(app) {
  const { document, store, derived, report, watch } = app;
  const note = make(document, 'span.note.live', { role: 'status' });
  const words = make(document, 'span.live');
  app.about = make(document, 'p.about');
  const repeat = () => {
    app.about.textContent = [words, note].map((one) => one.textContent).filter(Boolean).join(' ');
  };
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
      ...[state.embedding, state.projection, state.components, state.spherize],
      ...[state.isolated, state.hidden, dataset, coloring, placed],
    ],
    (id, projection, components, spherize) => {
      const embedding = report.embeddings.find((one) => one.id === id);
      const caption = document.querySelector('.embedding.current figcaption');
      wrapStatic(document, caption);
      caption.append(words, ' ', note, open);
      const drawn = { projection, components, spherize };
      words.textContent = embedding.projections.length ? captionOf(embedding, drawn, shownNow()) : '';
      repeat();
    },
  );
  watch(
    (state, { renderer, noted, placed }) => [state.embedding, renderer, noted, placed === null],
    (id, renderer, _, waiting) => {
      const { rows } = report.embeddings.find((one) => one.id === id);
      note.textContent =
        waiting && !document.documentElement.classList.contains('drawn') ? unpacking(rows) : (renderer?.note ?? '');
      repeat();
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
 * @param {{projection: string, components: number[], spherize?: boolean}} state
 * @param {number|null} [shown] points drawn, null when isolation and legend take none away
 * @returns {string}
 */
export function captionOf(embedding, state, shown = null) {
  const { projection, dims } = shownProjection(embedding, state);
  const variance = varianceOf(projection, state.components);
  const tail = pointsSentence(embedding, shown ?? projection.points);
  if (variance === null || asMeasured(projection, state.components))
    return shown === null ? projection.caption : projection.caption.replace(POINTS, () => tail);
  const rows = projection.name === SPHERIZED ? ' of the centered, normalized rows' : '';
  const along = `components ${listed(state.components.map(String))}`;
  return `PCA ${dims}D${rows}, ${along}: ${percent(variance)} of the variance. ${tail}`;
}

function pointsSentence({ rows, dims }, drawn) {
  const points = drawn === rows ? counted(rows, 'point') : `${count(drawn)} of ${counted(rows, 'point')}`;
  return `${points}, ${counted(dims, 'dimension')}.`;
}
