/** Bookmarks: views kept by name in this tab, each with its own address. */

import { iconButton, link, make } from './dom.js';
import { closeButton } from './document_panel.js';

/**
 * @param {object} app
 * @param {{address: () => string, restore: (address: string) => void}} actions
 * @returns {{add: () => void, panel: () => HTMLElement}}
 */
export function createBookmarks(app, { address, restore }) {
  const { document, store, window } = app;
  const bookmarks = [];
  const list = make(document, 'ol.list.bookmarks', { 'aria-label': 'Bookmarks' });
  let made = 0;

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

  function rename(item, bookmark) {
    const input = make(document, 'input', {
      type: 'text',
      value: bookmark.name,
      'aria-label': 'Name of the bookmark',
      maxlength: '80',
    });
    const done = () => {
      bookmark.name = input.value.trim() || bookmark.name;
      show();
    };
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') done();
      if (event.key === 'Escape') {
        event.stopPropagation();
        show();
      }
    });
    input.addEventListener('blur', done);
    item.replaceChildren(input);
    input.focus();
    input.select();
  }

  function row(bookmark) {
    const item = make(document, 'li', {}, [
      make(document, 'button.go', {
        type: 'button',
        text: bookmark.name,
        title: 'Show this view again',
        on: { click: () => restore(bookmark.address) },
      }),
      make(document, 'button.link.rename', {
        type: 'button',
        text: 'Rename',
        on: { click: () => rename(item, bookmark) },
      }),
      iconButton(document, { icon: 'close', name: `Delete ${bookmark.name}`, onClick: () => remove(bookmark) }),
    ]);
    return item;
  }

  function show() {
    list.replaceChildren(...bookmarks.map(row));
    empty.hidden = bookmarks.length > 0;
  }

  const empty = make(document, 'p.said', { text: 'No bookmarks yet. Press B to keep the view as it is now.' });
  const copied = make(document, 'p.quiet.said', {
    text: 'Bookmarks last as long as this tab. The address of the page holds the present view.',
  });
  const copy = link(document, 'Copy address', async () => {
    try {
      await window.navigator.clipboard.writeText(window.location.href);
      app.say('Address copied.');
    } catch {
      app.say('The address could not be copied. It stands in the address bar.');
    }
  });

  function panel() {
    show();
    return make(document, 'section.panel', { 'aria-label': 'Bookmarks' }, [
      make(document, 'header.head', {}, [make(document, 'h2', { text: 'Bookmarks' }), closeButton(document, store)]),
      empty,
      list,
      make(document, 'div.links', {}, [link(document, 'Keep this view', add), copy]),
      copied,
    ]);
  }

  return { add, panel };
}

function nameOf({ store, derived }, number) {
  const { focus, search, labelBy, projection } = store.get();
  const { dataset } = derived.get();
  if (focus !== null && dataset) return dataset.label(dataset.indexOf(focus), labelBy);
  return search.query || `View ${number}, ${projection}`;
}
