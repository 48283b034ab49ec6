/** Reactions to several stores at once, gathered so that one event leads to one update. */

import { same } from './store.js';

/**
 * @param {{get: () => object, subscribe: Function}[]} stores
 * @param {(run: () => void) => void} [schedule] runs the reactions soon; a microtask by default
 * @returns {{watch: (select: (...states: object[]) => unknown[], react: (...values: unknown[]) => void) => () => void,
 *   flush: () => void}} `watch` reacts at once, then whenever a selected value has changed; gives its own end
 */
export function createWatcher(stores, schedule = queueMicrotask) {
  const watched = new Set();
  let queued = false;
  const read = () => stores.map((store) => store.get());

  function check(one) {
    const values = one.select(...read());
    if (one.last !== null && values.every((value, n) => same(value, one.last[n]))) return;
    one.last = values;
    one.react(...values);
  }

  function flush() {
    for (let turn = 0; queued && turn < 50; turn += 1) {
      queued = false;
      for (const one of [...watched]) if (watched.has(one)) check(one);
    }
  }

  function wake() {
    if (queued) return;
    queued = true;
    schedule(flush);
  }

  function watch(select, react) {
    const one = { select, react, last: null };
    watched.add(one);
    check(one);
    return () => watched.delete(one);
  }

  for (const store of stores) store.subscribe((state) => state, wake);
  return { watch, flush };
}
