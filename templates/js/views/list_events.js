/** Click, keys and hovering in a list of points, the same in every list. */

const JUMPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

/**
 * @param {HTMLElement} list whose items carry data-entry
 * @param {{count: () => number, onOpen: (entry: number, event: Event) => void, onHover: (entry: number) => void,
 *   moveTo: (entry: number) => void}} options `onHover` is given -1 when nothing is under the pointer
 */
export function wireList(list, { count, onOpen, onHover, moveTo }) {
  const entryOf = (event) => Number(event.target.closest?.('[data-entry]')?.dataset.entry ?? -1);
  list.addEventListener('click', (event) => {
    if (entryOf(event) >= 0) onOpen(entryOf(event), event);
  });
  list.addEventListener('keydown', (event) => {
    const entry = entryOf(event);
    if (entry < 0 || event.target.tagName === 'INPUT') return;
    if (event.key === ' ' || (event.key === 'Enter' && !event.shiftKey)) onOpen(entry, event);
    else if (event.key in JUMPS) moveTo(Math.max(0, Math.min(count() - 1, entry + JUMPS[event.key])));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener('pointerover', (event) => onHover(entryOf(event)));
  list.addEventListener('pointerleave', () => onHover(-1));
  list.addEventListener('focusin', (event) => onHover(entryOf(event)));
  list.addEventListener('focusout', () => onHover(-1));
}
