/** Bookmarks: views kept by name in this tab, each with its own address. */

import { iconButton, link, make } from './dom.js';
import { closeButton } from './document_panel.js';
import { createSavedList } from './saved_list.js';

const EMPTY = 'No bookmarks yet. Press B to keep the view as it is now.';
const LASTING = 'Bookmarks last as long as this tab. The address of the page holds the present view.';

/**
 * @param {object} app
 * @param {{address: () => string, restore: (address: string) => void}} actions
 * @returns {{add: () => void, panel: () => HTMLElement}}
 */
export function createBookmarks(app, { address, restore }) {
  const { document, store } = app;
  const bookmarks = [];
  const list = make(document, 'ol.list.bookmarks', { 'aria-label': 'Bookmarks' });
  const empty = make(document, 'p.said', { text: EMPTY });
  const saved = createSavedList(app);
  let made = 0;

  function show() {
    list.replaceChildren(...bookmarks.map((bookmark) => row(document, bookmark, { restore, remove, show })));
    empty.hidden = bookmarks.length > 0;
  }

  function add() {
    made += 1;
    const bookmark = { name: nameOf(app, made), address: address() };
    bookmarks.push(bookmark);
    store.set({ panel: 'bookmarks' });
    show();
    app.say(`Bookmark ${bookmark.name} added.`);
  }

  function remove(bookmark) {
    bookmarks.splice(bookmarks.indexOf(bookmark), 1);
    show();
  }

  function panel() {
    show();
    return make(document, 'section.panel', { 'aria-label': 'Bookmarks' }, [
      make(document, 'header.head', {}, [make(document, 'h2', { text: 'Bookmarks' }), closeButton(document, store)]),
      empty,
      list,
      make(document, 'div.links', {}, [
        link(document, 'Keep this view', add),
        link(document, 'Copy address', () => copyAddress(app)),
      ]),
      make(document, 'p.quiet.said', { text: LASTING }),
      saved,
    ]);
  }

  return { add, panel };
}

function row(document, bookmark, { restore, remove, show }) {
  const item = make(document, 'li', {}, [
    make(document, 'button.go', {
      type: 'button',
      text: bookmark.name,
      title: 'Show this view again',
      on: { click: () => restore(bookmark.address) },
    }),
    link(document, 'Rename', () => rename(document, item, bookmark, show)),
    iconButton(document, { icon: 'close', name: `Delete ${bookmark.name}`, onClick: () => remove(bookmark) }),
  ]);
  return item;
}

function rename(document, item, bookmark, show) {
  const label = 'Name of the bookmark';
  const input = make(document, 'input', { type: 'text', value: bookmark.name, 'aria-label': label, maxlength: '80' });
  const finish = (kept) => {
    input.removeEventListener('blur', onBlur);
    if (kept) bookmark.name = input.value.trim() || bookmark.name;
    show();
  };
  const onBlur = () => finish(true);
  input.addEventListener('blur', onBlur);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.stopPropagation();
    finish(event.key === 'Enter');
  });
  item.replaceChildren(input);
  input.focus();
  input.select();
}

async function copyAddress({ window, say }) {
  try {
    await window.navigator.clipboard.writeText(window.location.href);
    say('Address copied.');
  } catch {
    say('The address could not be copied. It stands in the address bar.');
  }
}

function nameOf({ store, derived }, number) {
  const { focus, search, labelBy, projection } = store.get();
  const { dataset } = derived.get();
  if (focus !== null && dataset) return dataset.label(dataset.indexOf(focus), labelBy);
  return search.query || `View ${number}, ${projection}`;
}
