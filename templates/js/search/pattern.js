/** Search by regular expression: checked here, run in a worker, stopped when it takes too long. */

import { NO_WORKER, notAPattern, tooSlow } from '../text/words.js';

export const TIME_LIMIT = 2000;
const SYNTAX = /[\\^$.*+?()[\]{}|/-]/;

/**
 * @param {string} pattern as typed
 * @returns {{source: string, flags: string}} case is ignored; Unicode mode when the pattern allows it
 * @throws {Error} with a sentence for the page
 */
export function readPattern(pattern) {
  const source = Array.from(pattern.normalize('NFC'), comparable).join('');
  let fault = null;
  for (const flags of ['iu', 'i']) {
    try {
      return { source: new RegExp(source, flags).source, flags };
    } catch (error) {
      fault ??= error;
    }
  }
  throw new Error(notAPattern(pattern, fault.message));
}

function comparable(character) {
  const plain = character.normalize('NFKC');
  return plain !== character && SYNTAX.test(plain) ? character : plain;
}

/**
 * @param {{start: () => Worker, columns: {joined: string, starts: Uint32Array}[], timeLimit?: number}} options
 *   `start` makes a worker that runs startWorker of search/worker.js
 * @returns {{find: (pattern: string, which: number[]) => Promise<{rows: Uint32Array, columns: Uint16Array,
 *   begins: Uint32Array, ends: Uint32Array}|null>, stop: () => void}} `find` gives stored indices, ascending, with the
 *   place of the first match (in NFKC text); null when a later call took its place; rejects with a sentence
 */
export function createPatternSearch({ start, columns, timeLimit = TIME_LIMIT }) {
  let worker = null;
  let running = null;

  function stop() {
    worker?.terminate();
    worker = null;
    if (running) clearTimeout(running.timer);
    running?.resolve(null);
    running = null;
  }

  function launch() {
    if (worker) return;
    try {
      worker = start();
    } catch {
      throw new Error(NO_WORKER);
    }
    worker.onmessage = ({ data }) => settle(data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      settle({ error: NO_WORKER });
    };
    worker.postMessage({ kind: 'columns', columns: columns.map(({ joined, starts }) => ({ joined, starts })) });
  }

  function settle(answer) {
    if (!running) return;
    const { resolve, reject, timer } = running;
    clearTimeout(timer);
    running = null;
    if (answer.error) reject(new Error(answer.error));
    else resolve(answer);
  }

  async function find(pattern, which) {
    const { source, flags } = readPattern(pattern);
    if (running) stop();
    launch();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        running = null;
        stop();
        reject(new Error(tooSlow(pattern, Math.round(timeLimit / 1000))));
      }, timeLimit);
      running = { resolve, reject, timer };
      worker.postMessage({ kind: 'find', source, flags, which });
    });
  }

  return { find, stop };
}
