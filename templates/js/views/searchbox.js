/** The search field: live, with a switch for regular expressions. */

import { icon, make } from './dom.js';
import { clearSelection } from '../state/moves.js';
import { counted } from '../text/format.js';

/**
 * @param {object} app
 * @param {{focusMatches: () => void}} actions
 * @returns {{focus: () => void}}
 */
export function createSearchbox(app, { focusMatches }) {
  const { document, store, report, watch } = app;
  const ask = (patch) => store.set({ search: { ...store.get().search, ...patch }, ...clearSelection(), panel: null });
  const input = make(document, 'input', {
    type: 'search',
    'aria-label': 'Search',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    maxlength: '1000',
    placeholder: 'Search',
    on: { input: () => ask({ query: input.value }), keydown: (event) => onKey(event) },
  });
  const regex = make(document, 'button.regex', {
    type: 'button',
    text: '.*',
    'aria-label': 'Regular expression',
    title: 'Regular expression',
    'aria-pressed': 'false',
    on: {
      click: () => {
        ask({ regex: !store.get().search.regex });
        input.focus();
      },
    },
  });

  function onKey(event) {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      if (input.value === '' && !store.get().search.query) input.blur();
      else ask({ query: '' });
    }
    if (event.key === 'Enter' || event.key === 'ArrowDown') {
      event.preventDefault();
      focusMatches();
    }
  }

  document
    .querySelector('.bar')
    .append(
      make(document, 'div.search.live', { role: 'search' }, [
        icon(document, 'search'),
        input,
        regex,
        make(document, 'kbd', { text: '/', 'aria-hidden': 'true' }),
      ]),
    );
  watch(
    (state) => [state.search.query, state.search.regex],
    (query, on) => {
      if (input.value !== query) input.value = query;
      regex.setAttribute('aria-pressed', String(on));
    },
  );
  watch(
    (state) => [state.embedding],
    (id) => {
      const { rows, columns } = report.embeddings.find((one) => one.id === id);
      input.placeholder = `Search ${counted(rows, columns.length ? 'label' : 'row')}`;
    },
  );
  return {
    focus: () => {
      input.focus();
      input.select();
    },
  };
}
