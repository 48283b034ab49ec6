/** Figures and source, and the keys: the parts of the document, and help, in the inspector. */

import { iconButton, make } from './dom.js';

/**
 * The figures, the source and the notices of the document, copied into a panel.
 * @param {object} app
 * @returns {HTMLElement}
 */
export function figuresPanel(app) {
  const { document, store } = app;
  const article = document.querySelector('.embedding.current');
  const parts = [
    ...article.querySelectorAll('.doc > .notices'),
    ...document.querySelectorAll('.whole > .noticed'),
    ...article.querySelectorAll('.doc > .figures, .doc > .source'),
    ...document.querySelectorAll('.whole > section:not(.noticed)'),
  ];
  const copies = parts.map((part) => {
    const copy = part.cloneNode(true);
    copy.classList.add('doc-part');
    return copy;
  });
  return make(document, 'section.panel', { 'aria-label': 'Figures and source' }, [
    make(document, 'header.head', {}, [
      make(document, 'h2', { text: 'About this picture' }),
      closeButton(document, store),
    ]),
    app.about,
    ...copies,
  ]);
}

const KEYS = [
  ['/', 'search'],
  ['Escape', 'clear, then close'],
  ['arrow keys', 'turn the picture, or walk a list'],
  ['Shift arrow keys', 'move the picture'],
  ['+ and −', 'zoom'],
  ['H', 'home view'],
  ['F', 'zoom to the selection'],
  ['1 2 3', 'PCA, t-SNE, UMAP'],
  ['V', '2D or 3D'],
  ['I', 'images at the points'],
  ['T', 'labels'],
  ['L', 'lines, where the data has them'],
  ['O', 'turn slowly'],
  ['G', 'add the neighbors to the selection'],
  ['Enter', 'isolate the selection'],
  ['Backspace', 'one isolation back'],
  ['B', 'add a bookmark'],
  ['D', 'dark or light'],
  ['?', 'these keys'],
];
const MOUSE = [
  ['drag', 'turn; in 2D, move'],
  ['right drag, Shift drag', 'move'],
  ['wheel, two fingers', 'zoom'],
  ['click', 'select a point and list its neighbors'],
  ['Ctrl click', 'add to the selection'],
  ['click on empty paper', 'clear the selection'],
];

/**
 * @param {object} app
 * @returns {HTMLElement}
 */
export function keysPanel({ document, store, report }) {
  const terms = (pairs) =>
    make(
      document,
      'dl.keys',
      {},
      pairs.flatMap(([key, text]) => [make(document, 'dt', { text: key }), make(document, 'dd', { text })]),
    );
  return make(document, 'section.panel', { 'aria-label': 'Keys and help' }, [
    make(document, 'header.head', {}, [make(document, 'h2', { text: 'Keys' }), closeButton(document, store)]),
    terms(KEYS),
    make(document, 'header.head', {}, [make(document, 'h3', { text: 'In the picture' })]),
    terms(MOUSE),
    make(document, 'p.quiet.said', { text: `embreport ${report.version}. This file works offline and sends nothing.` }),
  ]);
}

/**
 * @param {Document} document
 * @param {object} store
 */
export function closeButton(document, store) {
  return iconButton(document, { icon: 'close', name: 'Close', key: 'Esc', onClick: () => store.set({ panel: null }) });
}
