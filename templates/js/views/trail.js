/** What is isolated, and the way back: "All 5,995 › boot 714 › 37". */

import { backTo } from '../state/moves.js';
import { count } from '../text/format.js';
import { make, oneLine } from './dom.js';

/**
 * @param {object} app
 * @returns {HTMLElement}
 */
export function createTrail({ document, store, report, watch }) {
  const element = make(document, 'nav.trail', { 'aria-label': 'Isolation', hidden: true });
  watch(
    (state) => [state.embedding, state.trail],
    (id, trail) => {
      const { rows, leftOut } = report.embeddings.find((one) => one.id === id);
      element.hidden = trail.length === 0;
      const steps = [{ label: 'All', rows: { length: rows - leftOut } }, ...trail];
      const parts = steps.flatMap((step, at) => {
        const words = oneLine(`${step.label} ${count(step.rows.length)}`);
        if (at === steps.length - 1) return [make(document, 'span.last', { text: words, 'aria-current': 'step' })];
        return [
          make(document, 'button', {
            type: 'button',
            text: words,
            on: { click: () => store.set(backTo(store.get(), at)) },
          }),
          '›',
        ];
      });
      element.replaceChildren(
        ...parts,
        make(document, 'button.all', {
          type: 'button',
          text: 'Show all',
          on: { click: () => store.set(backTo(store.get(), 0)) },
        }),
      );
    },
  );
  return element;
}
