/** The first sight of the page while its data still arrive: headline and still picture, where the live one will be. */

import { fitHome } from '../scene/camera.js';
import { NARROW, freeRectangle, placeStillPicture } from './layout.js';

/**
 * Calls back once the manifest has been parsed; the blocks after it may be long.
 * @param {Document} document
 * @param {() => void} react
 */
export function onManifest(document, react) {
  const arrived = () => Boolean(document.getElementById('embreport-manifest')?.nextSibling);
  const observer = new document.defaultView.MutationObserver(() => {
    if (!arrived()) return;
    observer.disconnect();
    react();
  });
  observer.observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener('DOMContentLoaded', () => observer.disconnect());
}

/**
 * Shows the first embedding, unless the address asks for something else.
 * @param {Document} document
 * @param {object} manifest
 */
export function preview(document, manifest) {
  const window = document.defaultView;
  const [embedding] = manifest.embeddings ?? [];
  const article = document.querySelector('.embedding');
  const asked = [...new URLSearchParams(window.location.hash.slice(1)).keys()].some(
    (name) => name !== 'theme' && name !== 'renderer',
  );
  if (!embedding || !article || asked) return;
  article.classList.add('current');
  document.documentElement.classList.add('previewed');
  const frame = embedding.projections.find((one) => one.name === embedding.opensWith)?.frame;
  if (!frame || window.innerWidth <= NARROW) return;
  const figure = article.querySelector('.picture');
  const { width, height } = figure.getBoundingClientRect();
  const free = freeRectangle({
    width,
    height,
    narrow: false,
    legend: embedding.columns.length > 0 || embedding.figures?.length > 0,
    tabs: 0,
    side: 0,
    foot: 0,
    sheet: 0,
  });
  placeStillPicture(figure, frame, fitHome(frame, free));
}
