/** A thin line that grows while the report is unpacked. */

import { make } from './dom.js';

/**
 * @param {Document} document
 * @returns {(share: number) => void} 0 to 1; at 1 the line goes
 */
export function createProgress(document) {
  const line = make(document, 'i');
  const element = make(
    document,
    'div.progress.live',
    { role: 'progressbar', 'aria-label': 'Loading', 'aria-valuemin': '0', 'aria-valuemax': '100' },
    [line],
  );
  return (share) => {
    if (!element.isConnected) document.querySelector('.embedding.current .picture')?.after(element);
    line.style.setProperty('--done', String(share));
    element.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    if (share >= 1) element.remove();
  };
}
