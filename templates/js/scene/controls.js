/** Mouse, wheel, pen and touch on the picture: turning, panning, zooming, pointing and tapping. */

import { pan, turn, zoomAt } from './camera_moves.js';

const WHEEL_REST = 160;
const PIXELS_PER_LINE = 16;
const ZOOM_PER_PIXEL = 0.0012;
const PINCH_GAIN = 8;
const SLOP = { mouse: 4, pen: 6, touch: 10 };

/**
 * Factor of a wheel step; a pinch on a trackpad arrives as a wheel step with the control key.
 * @param {{deltaY: number, deltaMode: number, ctrlKey: boolean}} event
 * @returns {number}
 */
export function wheelFactor(event) {
  const unit = event.deltaMode === 1 ? PIXELS_PER_LINE : event.deltaMode === 2 ? 400 : 1;
  const pixels = Math.max(-400, Math.min(400, event.deltaY * unit));
  return Math.exp(-pixels * ZOOM_PER_PIXEL * (event.ctrlKey ? PINCH_GAIN : 1));
}

/**
 * The camera after two fingers moved: they keep holding the same places of the picture.
 * @param {import('./camera.js').Camera} camera
 * @param {import('./camera.js').View} view
 * @param {{x: number, y: number}[]} before
 * @param {{x: number, y: number}[]} after
 */
export function pinch(camera, view, before, after) {
  const span = ([a, b]) => Math.max(8, Math.hypot(a.x - b.x, a.y - b.y));
  const middle = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const from = middle(before), to = middle(after);
  return zoomAt(pan(camera, view, to.x - from.x, to.y - from.y), view, span(after) / span(before), to.x, to.y);
}

const placeIn = (element, event) => {
  const box = element.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
};

/** Reports the start and the end of moving once each; `rest` ends it after the wheel has been still for a while. */
function createMoveReport(onMoveStart, onMoveEnd) {
  let moving = false, timer = 0;
  const change = (yes, tell) => {
    clearTimeout(timer);
    if (moving === yes) return;
    moving = yes;
    tell();
  };
  const stop = () => change(false, onMoveEnd);
  return {
    start: () => change(true, onMoveStart),
    stop,
    rest(unless) { timer = setTimeout(() => { if (!unless()) stop(); }, WHEEL_REST); },
  };
}

/**
 * Listens on the element until destroyed. Moves are reported by setCamera; the element gets no focus and no style but
 * touch-action and cursor.
 * @param {object} given
 * @param {HTMLElement} given.element
 * @param {() => import('./camera.js').Camera} given.getCamera What is on the screen now.
 * @param {(camera: import('./camera.js').Camera) => void} given.setCamera
 * @param {() => import('./camera.js').View} given.getView
 * @param {() => boolean} given.isFlat In flat pictures one finger pans.
 * @param {(x: number, y: number) => void} [given.onHover] Pointer moved with no button; CSS pixels of the element.
 * @param {() => void} [given.onLeave] Pointer left or started to drag.
 * @param {(x: number, y: number, event: PointerEvent) => void} [given.onTap] Pressed and released in one place.
 * @param {() => void} [given.onMoveStart]
 * @param {() => void} [given.onMoveEnd]
 * @returns {{destroy: () => void}}
 */
export function createControls(given) {
  const quiet = () => {};
  const { element, getCamera, setCamera, getView, isFlat } = given;
  const { onHover = quiet, onLeave = quiet, onTap = quiet, onMoveStart = quiet, onMoveEnd = quiet } = given;
  const held = new Map();
  const report = createMoveReport(onMoveStart, onMoveEnd), placeOf = (event) => placeIn(element, event);
  let gesture = null;

  function drag(event, from, to) {
    const dx = to.x - from.x, dy = to.y - from.y;
    const pans = isFlat() || gesture.pans || event.shiftKey;
    setCamera(pans ? pan(getCamera(), getView(), dx, dy) : turn(getCamera(), dx, dy));
  }

  function press(event) {
    if (event.button > 2) return;
    held.set(event.pointerId, placeOf(event));
    element.setPointerCapture?.(event.pointerId);
    if (held.size === 1) {
      gesture = { id: event.pointerId, start: placeOf(event), pans: event.button > 0, button: event.button, dragged: false };
    } else if (gesture) {
      gesture.dragged = true;
      report.start();
    }
  }

  function move(event) {
    const to = placeOf(event), from = held.get(event.pointerId);
    if (!from) {
      if (event.pointerType !== 'touch') onHover(to.x, to.y);
      return;
    }
    if (!gesture.dragged) {
      const slop = SLOP[event.pointerType] ?? SLOP.mouse;
      if (Math.hypot(to.x - gesture.start.x, to.y - gesture.start.y) < slop) return;
      gesture.dragged = true;
      onLeave();
      report.start();
      element.style.cursor = 'grabbing';
    }
    const before = [...held.values()];
    held.set(event.pointerId, to);
    if (held.size === 1) drag(event, from, to);
    else if (held.size === 2) setCamera(pinch(getCamera(), getView(), before, [...held.values()]));
  }

  function release(event) {
    if (!held.delete(event.pointerId) || held.size > 0) return;
    const { dragged, start, button } = gesture;
    gesture = null;
    element.style.cursor = 'grab';
    if (dragged) report.stop();
    else if (event.type === 'pointerup' && button === 0) onTap(start.x, start.y, event);
  }

  function roll(event) {
    event.preventDefault();
    const { x, y } = placeOf(event);
    report.start();
    setCamera(zoomAt(getCamera(), getView(), wheelFactor(event), x, y));
    report.rest(() => held.size > 0);
  }

  const listeners = {
    pointerdown: press,
    pointermove: move,
    pointerup: release,
    pointercancel: release,
    pointerleave: (event) => { if (!held.has(event.pointerId)) onLeave(); },
    contextmenu: (event) => event.preventDefault(),
    wheel: roll,
  };
  element.style.touchAction = 'none';
  element.style.cursor = 'grab';
  for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener, { passive: false });

  return {
    destroy() {
      report.stop();
      for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener);
    },
  };
}
