/** A long list of equal rows of which only those near the view are in the document. */

import { make } from './dom.js';
import { wireList } from './list_events.js';

const SPARE = 8;
/** Height to fill before the list stands in the document, CSS px. */
const UNMEASURED = 600;

/**
 * @param {{document: Document, label: string, rowHeight: () => number, build: (entry: number) => HTMLElement,
 *   onOpen: (entry: number, event: Event) => void, onHover?: (entry: number) => void}} options `build` makes the <li> of
 *   an entry; `onHover` is given -1 when the pointer leaves
 * @returns {{element: HTMLElement, list: HTMLElement, show: (count: number) => void, restore: () => void,
 *   focusFirst: () => void}} `restore` scrolls to where the list was before it left the document
 */
export function createVirtualList({ document, label, rowHeight, build, onOpen, onHover = () => {} }) {
  const list = make(document, 'ol.list', { 'aria-label': label });
  const element = make(document, 'div.grows', {}, [list]);
  const view = { document, list, element, rowHeight, build, made: new Map(), count: 0, cursor: 0, scrolled: 0 };

  function show(count) {
    Object.assign(view, { count, cursor: 0, scrolled: 0 });
    view.made.clear();
    list.replaceChildren();
    element.scrollTop = 0;
    refresh(view);
  }

  function restore() {
    element.scrollTop = view.scrolled;
    refresh(view);
  }

  function scroll() {
    if (element.isConnected) view.scrolled = element.scrollTop;
    refresh(view);
  }

  wireList(list, { count: () => view.count, onOpen, onHover, moveTo: (entry) => moveTo(view, entry) });
  element.addEventListener('scroll', scroll, { passive: true });
  return { element, list, show, restore, focusFirst: () => moveTo(view, 0) };
}

/** Builds the rows near the view and drops those far from it, except the one with the focus. */
function refresh(view) {
  const { document, list, element, made, count } = view;
  const height = view.rowHeight();
  list.style.height = `${count * height}px`;
  const first = Math.max(0, Math.floor(element.scrollTop / height) - SPARE);
  const last = Math.min(count, Math.ceil((element.scrollTop + (element.clientHeight || UNMEASURED)) / height) + SPARE);
  for (const [entry, item] of made) {
    if ((entry >= first && entry < last) || item.contains(document.activeElement)) continue;
    item.remove();
    made.delete(entry);
  }
  const missing = [];
  for (let entry = first; entry < last; entry += 1) if (!made.has(entry)) missing.push(place(view, entry));
  list.append(...missing);
  if (missing.length) inOrder(view);
}

function place({ build, rowHeight, made, count, cursor }, entry) {
  const item = build(entry);
  item.classList.add('placed');
  item.tabIndex = entry === cursor ? 0 : -1;
  item.style.top = `${entry * rowHeight()}px`;
  item.dataset.entry = String(entry);
  item.setAttribute('aria-posinset', String(entry + 1));
  item.setAttribute('aria-setsize', String(count));
  made.set(entry, item);
  return item;
}

/** Reading order is the order of entries, whatever was built first. */
function inOrder({ list, made }) {
  const items = [...made].sort(([a], [b]) => a - b).map(([, item]) => item);
  items.forEach((item, n) => {
    if (list.children[n] !== item) list.insertBefore(item, list.children[n] ?? null);
  });
}

/** The focus goes to an entry, which is scrolled into view first. */
function moveTo(view, entry) {
  const { element, made } = view;
  if (view.count === 0) return;
  const next = Math.max(0, Math.min(view.count - 1, entry));
  const top = next * view.rowHeight();
  const bottom = top + view.rowHeight();
  if (made.has(view.cursor)) made.get(view.cursor).tabIndex = -1;
  view.cursor = next;
  if (top < element.scrollTop) element.scrollTop = top;
  if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
  refresh(view);
  const item = made.get(next);
  if (!item) return;
  item.tabIndex = 0;
  item.focus({ preventScroll: true });
}
