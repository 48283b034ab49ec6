/** The search field: live, with a switch for regular expressions. */

import { icon, iconButton, make } from './dom.js';
import { clearSelection } from '../state/moves.js';
import { counted } from '../text/format.js';

const SEARCH = 'Search';
/** A character of the field is at most about as wide on average, CSS px; a number cut short would be another number. */
const WIDEST = 7;

/**
 * @param {object} app
 * @param {{focusMatches: () => void}} actions
 * @returns {{focus: () => void}}
 */
export function createSearchbox(app, { focusMatches }) {
  const { document, window, store, report, watch } = app;
  const ask = (patch) => store.set({ search: { ...store.get().search, ...patch }, ...clearSelection(), panel: null });
  const input = field(document, ask, focusMatches);
  const regex = regexSwitch(document, () => {
    ask({ regex: !store.get().search.regex });
    input.focus();
  });
  const key = make(document, 'kbd', { text: '/', 'aria-hidden': 'true' });
  const clear = iconButton(document, {
    icon: 'close',
    name: 'Clear search',
    classes: 'clear',
    onClick: () => {
      ask({ query: '' });
      input.focus();
    },
  });
  const box = make(document, 'div.search.live', { role: 'search' }, [
    icon(document, 'search'),
    input,
    clear,
    regex,
    key,
  ]);
  document.querySelector('.bar').append(box);
  let invitation = SEARCH;
  const invite = () => {
    input.placeholder = input.clientWidth < invitation.length * WIDEST ? SEARCH : invitation;
  };
  new window.ResizeObserver(invite).observe(input);
  watch(
    (state) => [state.search.query, state.search.regex],
    (query, on) => {
      if (input.value !== query) input.value = query;
      clear.hidden = query === '';
      regex.setAttribute('aria-pressed', String(on));
    },
  );
  watch(
    (state) => [state.embedding],
    (id) => {
      const { rows, columns, notTaken = 0 } = report.embeddings.find((one) => one.id === id);
      invitation = `${SEARCH} ${columns.length ? counted(rows - notTaken, 'label') : counted(rows, 'row')}`;
      invite();
    },
  );
  return {
    focus: () => {
      input.focus();
      input.select();
    },
  };
}

function field(document, ask, focusMatches) {
  const input = make(document, 'input', {
    type: 'search',
    'aria-label': 'Search',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    maxlength: '1000',
    placeholder: SEARCH,
    on: { input: () => ask({ query: input.value }) },
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      if (input.value === '') input.blur();
      else ask({ query: '' });
    } else if (event.key === 'Enter' || event.key === 'ArrowDown') focusMatches();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return input;
}

function regexSwitch(document, onClick) {
  const name = 'Regular expression';
  const attributes = { type: 'button', text: '.*', 'aria-label': name, title: name, 'aria-pressed': 'false' };
  return make(document, 'button.regex', { ...attributes, on: { click: onClick } });
}
