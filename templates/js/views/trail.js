/** What is isolated or chosen in the legend, and the way back: "All 5,995 › boot 714 › 37". */

import { showAgain, shownSteps } from '../state/shown.js';
import { count } from '../text/format.js';
import { make, oneLine } from './dom.js';
import { shownProjection } from './projections.js';

/**
 * @param {object} app
 * @returns {HTMLElement}
 */
export function createTrail({ document, store, derived, report, watch }) {
  const element = make(document, 'nav.trail', { 'aria-label': 'Isolation', hidden: true });
  watch(
    (state, { dataset, coloring, placed }) => [state.embedding, state.trail, state.hidden, dataset, coloring, placed],
    (id) => {
      const embedding = report.embeddings.find((one) => one.id === id);
      const points = embedding.projections.length ? shownProjection(embedding, store.get()).projection.points : 0;
      const held = element.contains(document.activeElement);
      const steps = shownSteps(store.get(), derived.get(), points);
      element.hidden = steps.length === 1;
      const parts = steps.flatMap((step, at) => {
        const words = oneLine(`${step.label} ${count(step.points)}`);
        if (at === steps.length - 1) return [make(document, 'span.last', { text: words, 'aria-current': 'step' })];
        return [
          make(document, 'button', {
            type: 'button',
            text: words,
            on: { click: () => store.set(showAgain(store.get(), at)) },
          }),
          '›',
        ];
      });
      element.replaceChildren(
        ...parts,
        make(document, 'button.all', {
          type: 'button',
          text: 'Show all',
          on: { click: () => store.set(showAgain(store.get(), 0)) },
        }),
      );
      if (held) (element.hidden ? document.getElementById('picture') : element.querySelector('.all'))?.focus();
    },
  );
  return element;
}
