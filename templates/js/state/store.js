/** One store for everything the page shows; views subscribe to the part they draw. */

/**
 * @template State
 * @param {State} initial
 * @param {(a: unknown, b: unknown) => boolean} [equal] two values a listener need not be told apart
 * @returns {{get: () => State, set: (patch: Partial<State>) => void,
 *   subscribe: <Part>(select: (state: State) => Part, react: (part: Part, state: State) => void) => () => void}}
 */
export function createStore(initial, equal = same) {
  let state = Object.freeze({ ...initial });
  let running = false;
  const waiting = [];
  const listeners = new Set();

  function tell(listener) {
    const part = listener.select(state);
    if (equal(part, listener.last)) return;
    listener.last = part;
    listener.react(part, state);
  }

  function set(patch) {
    waiting.push(patch);
    if (running) return;
    running = true;
    try {
      while (waiting.length) {
        const next = { ...state, ...waiting.shift() };
        if (Object.keys(next).every((key) => equal(next[key], state[key]))) continue;
        state = Object.freeze(next);
        for (const listener of [...listeners]) if (listeners.has(listener)) tell(listener);
      }
    } finally {
      running = false;
      waiting.length = 0;
    }
  }

  function subscribe(select, react) {
    const listener = { select, react, last: select(state) };
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return { get: () => state, set, subscribe };
}

/**
 * Equality of plain JSON values: arrays and objects by their contents, everything else (typed arrays too) by identity.
 * @param {unknown} a
 * @param {unknown} b
 * @returns {boolean}
 */
export function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b) || ArrayBuffer.isView(a)) return false;
  if (Array.isArray(a)) return a.length === b.length && a.every((value, i) => same(value, b[i]));
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}
