/** Says counts to screen readers, politely, once typing rests. */

import { make } from './dom.js';

const REST = 300;

/**
 * @param {Document} document
 * @returns {(sentence: string) => void}
 */
export function createAnnouncer(document) {
  const region = make(document, 'p.spoken.live', { role: 'status', 'aria-live': 'polite' });
  document.body.append(region);
  let timer = 0;
  return (sentence) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      region.textContent = sentence;
    }, REST);
  };
}
