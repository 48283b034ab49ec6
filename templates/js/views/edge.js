/** The edge of the inspector: drags its width; on a narrow page it drags the sheet between three stops. */

import { make } from './dom.js';
import { NARROW } from './layout.js';

const WIDTHS = [288, 520];
const STEP = 16;
const LOWEST = 96;
const MIDDLE = 0.46;

/**
 * @param {number} height wanted height of the sheet, CSS px
 * @param {number} most all there is
 * @returns {number} the nearest of the three stops
 */
export function nearestStop(height, most) {
  const stops = [LOWEST, Math.round(most * MIDDLE), most];
  return stops.reduce((best, stop) => (Math.abs(stop - height) < Math.abs(best - height) ? stop : best));
}

/**
 * @param {object} app
 * @param {{side: HTMLElement, room: object}} parts
 */
export function createEdge({ document, window }, { side, room }) {
  const root = document.documentElement;
  const edge = make(document, 'div.edge', {
    role: 'separator',
    tabindex: '0',
    'aria-orientation': 'vertical',
    'aria-label': 'Size of the inspector',
  });
  const narrow = () => window.innerWidth <= NARROW;
  const most = () => window.innerHeight - 64;
  let held = null;

  function setWidth(width) {
    const kept = Math.max(WIDTHS[0], Math.min(WIDTHS[1], Math.round(width)));
    root.style.setProperty('--side', `${kept}px`);
    edge.setAttribute('aria-valuenow', String(kept));
    room.changed(false);
  }

  function setSheet(height, settled) {
    side.style.setProperty('--sheet', `${Math.max(LOWEST, Math.min(most(), height))}px`);
    edge.setAttribute('aria-valuenow', String(Math.round(height)));
    if (settled) window.setTimeout(() => room.changed(true), 260);
  }

  edge.addEventListener('pointerdown', (event) => {
    held = { x: event.clientX, y: event.clientY, width: side.offsetWidth, height: side.offsetHeight };
    edge.setPointerCapture(event.pointerId);
    side.classList.add('dragged');
  });
  edge.addEventListener('pointermove', (event) => {
    if (!held) return;
    if (narrow()) setSheet(held.height + held.y - event.clientY, false);
    else setWidth(held.width + held.x - event.clientX);
  });
  const release = (event) => {
    if (!held) return;
    side.classList.remove('dragged');
    const moved = Math.abs(held.y - event.clientY) > 4;
    if (narrow())
      setSheet(
        moved ? nearestStop(held.height + held.y - event.clientY, most()) : nextStop(side.offsetHeight, most()),
        true,
      );
    held = null;
  };
  edge.addEventListener('pointerup', release);
  edge.addEventListener('pointercancel', release);
  edge.addEventListener('keydown', (event) => {
    const grow = { ArrowLeft: 1, ArrowUp: 1, ArrowRight: -1, ArrowDown: -1 }[event.key];
    if (grow && !narrow()) setWidth(side.offsetWidth + grow * STEP);
    else if (grow) setSheet(nearestStop(side.offsetHeight + grow * most() * 0.4, most()), true);
    else if (narrow() && (event.key === 'Enter' || event.key === ' '))
      setSheet(nextStop(side.offsetHeight, most()), true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  side.prepend(edge);
}

/** A tap on the handle goes one stop up, and from the top to the lowest. */
function nextStop(height, most) {
  const stops = [LOWEST, Math.round(most * MIDDLE), most];
  return stops.find((stop) => stop > height + 8) ?? stops[0];
}
