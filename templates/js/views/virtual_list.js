/** A long list of equal rows of which only those near the view are in the document. */

import { make } from './dom.js';
import { wireList } from './list_events.js';

const SPARE = 8;

/**
 * @param {{document: Document, label: string, rowHeight: () => number, build: (entry: number) => HTMLElement,
 *   onOpen: (entry: number, event: Event) => void, onHover?: (entry: number) => void}} options `build` makes the <li> of
 *   an entry; `onHover` is given -1 when the pointer leaves
 * @returns {{element: HTMLElement, list: HTMLElement, show: (count: number) => void, refresh: () => void, focusFirst: () => void,
 *   restore: () => void}} `restore` scrolls to where the list was before it left the document
 */
export function createVirtualList({ document, label, rowHeight, build, onOpen, onHover = () => {} }) {
  const list = make(document, 'ol.list', { 'aria-label': label });
  const element = make(document, 'div.grows', {}, [list]);
  const made = new Map();
  let count = 0;
  let cursor = 0;
  let scrolled = 0;

  function place(entry) {
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

  function refresh() {
    const height = rowHeight();
    list.style.height = `${count * height}px`;
    const first = Math.max(0, Math.floor(element.scrollTop / height) - SPARE);
    const last = Math.min(count, Math.ceil((element.scrollTop + (element.clientHeight || 600)) / height) + SPARE);
    for (const [entry, item] of made) {
      if ((entry >= first && entry < last) || item.contains(document.activeElement)) continue;
      item.remove();
      made.delete(entry);
    }
    const missing = [];
    for (let entry = first; entry < last; entry += 1) if (!made.has(entry)) missing.push(place(entry));
    list.append(...missing);
    if (missing.length) inOrder();
  }

  /** Reading order is the order of entries, whatever was built first. */
  function inOrder() {
    const items = [...made].sort(([a], [b]) => a - b).map(([, item]) => item);
    items.forEach((item, n) => {
      if (list.children[n] !== item) list.insertBefore(item, list.children[n] ?? null);
    });
  }

  function show(entries) {
    count = entries;
    cursor = 0;
    made.clear();
    list.replaceChildren();
    element.scrollTop = 0;
    scrolled = 0;
    refresh();
  }

  function moveTo(entry) {
    const next = Math.max(0, Math.min(count - 1, entry));
    const height = rowHeight();
    if (made.has(cursor)) made.get(cursor).tabIndex = -1;
    cursor = next;
    if (next * height < element.scrollTop) element.scrollTop = next * height;
    if ((next + 1) * height > element.scrollTop + element.clientHeight)
      element.scrollTop = (next + 1) * height - element.clientHeight;
    refresh();
    const item = made.get(next);
    if (!item) return;
    item.tabIndex = 0;
    item.focus({ preventScroll: true });
  }

  wireList(list, { count: () => count, onOpen, onHover, moveTo });
  element.addEventListener(
    'scroll',
    () => {
      if (element.isConnected) scrolled = element.scrollTop;
      refresh();
    },
    { passive: true },
  );

  function restore() {
    element.scrollTop = scrolled;
    refresh();
  }

  return { element, list, show, refresh, restore, focusFirst: () => moveTo(0) };
}
