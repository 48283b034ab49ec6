/** Errors: one that ends the interaction leaves the document; others are sentences over the picture. */

import { icon, make } from './dom.js';

/**
 * The page is the article it is without scripts, led by the sentence.
 * @param {Document} document
 * @param {Error} error its message is a sentence fit for the page
 */
export function showFailure(document, error) {
  document.documentElement.classList.remove('js');
  document.documentElement.classList.add('failed');
  const [first, ...rest] = error.message.split(/(?<=[:.])\s/);
  const words = make(document, 'span', {}, [
    make(document, 'b', { text: first }),
    ` ${[...rest, 'What follows is the still version.'].join(' ')}`,
  ]);
  document.querySelector('.bar').after(make(document, 'p.failure', { role: 'alert' }, [icon(document, 'warn'), words]));
}

/**
 * Something went wrong that leaves the rest usable: a sentence that stays until it is closed.
 * @param {object} app
 * @param {Error} error
 */
export function showTrouble({ document }, error) {
  document.querySelector('.alert')?.remove();
  const close = make(document, 'button.icon', { type: 'button', 'aria-label': 'Close' }, [icon(document, 'close')]);
  const alert = make(document, 'p.alert.live', { role: 'alert' }, [
    icon(document, 'warn'),
    make(document, 'span', { text: error.message }),
    close,
  ]);
  close.addEventListener('click', () => alert.remove());
  document.querySelector('.embedding.current .picture')?.after(alert);
}
