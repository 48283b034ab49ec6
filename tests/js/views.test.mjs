import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';
import { makeColumn } from './views_fixtures.mjs';

const { cardPlace, freeRectangle, stillPlace } = await load('views/layout.js');
const { fitHome } = await load('scene/camera.js');
const { dimensionsOf, methodsOf, settingsOf, showMethod, shownProjection, varianceOf } = await load('views/projections.js');
const { panelOf } = await load('views/inspector.js');
const { nearestStop } = await load('views/edge.js');
const { splitByClass } = await load('views/split.js');
const { captionOf } = await load('views/caption.js');
const { planColoring } = await load('color/coloring.js');
const { pointValue } = await load('views/point_row.js');
const { cellText } = await load('views/dom.js');
const { named, splitSentence } = await load('text/words.js');

/** As much of a document as words need. */
const paper = {
  createTextNode: (text) => ({ textContent: text }),
  createElement: () => ({ className: '', textContent: '', append() {} }),
};

const desktop = { width: 1280, height: 690, narrow: false, legend: true, tabs: 56, side: 0, foot: 0, sheet: 0 };
const embedding = {
  rows: 6000, leftOut: 5, dims: 256,
  projections: [
    { name: 'pca', method: 'pca', dims: 10, variance: [0.31, 0.17, 0.1, 0.05], caption: 'PCA 3D.', settings: {}, points: 5995 },
    { name: 'tsne2d', method: 'tsne', dims: 2, variance: null, caption: 't-SNE 2D.', settings: { perplexity: 30 } },
    { name: 'tsne3d', method: 'tsne', dims: 3, variance: null, caption: 't-SNE 3D.', settings: { perplexity: 30 } },
    { name: 'tsne3d-p10', method: 'tsne', dims: 3, variance: null, caption: 't-SNE 3D, perplexity 10.', settings: { perplexity: 10 } },
  ],
};

test('an open inspector takes its width from the free rectangle, a sheet its height', () => {
  assert.equal(freeRectangle(desktop).right - freeRectangle({ ...desktop, side: 336 }).right, 336);
  assert.ok(freeRectangle({ ...desktop, legend: false }).left < freeRectangle(desktop).left);
  const phone = { width: 390, height: 700, narrow: true, legend: true, tabs: 60, side: 0, foot: 230, sheet: 0 };
  assert.ok(freeRectangle({ ...phone, sheet: 388 }).bottom < freeRectangle(phone).bottom);
  const tiny = freeRectangle({ ...desktop, width: 300, height: 40 });
  assert.ok(tiny.right > tiny.left && tiny.bottom > tiny.top);
});

test('the still picture stands where the live home view puts its points', () => {
  const frame = { halfWidth: 0.8, halfHeight: 1.1 };
  const view = fitHome(frame, freeRectangle(desktop));
  const still = { width: 960, height: 600 };
  const place = stillPlace(still, frame, view);
  const drawnScale = Math.min(480 * 0.94 / 0.8, 300 * 0.94 / 1.1);
  const shown = (x) => place.left + (480 + x * drawnScale) * (place.width / 960);
  assert.ok(Math.abs(shown(0.5) - (view.cx + 0.5 * view.scale)) < 1e-9);
  assert.ok(Math.abs(place.top + (place.width / 960) * 300 - view.cy) < 1e-9);
});

test('a card stands right of its point, or left where there is no room, and never outside', () => {
  const within = { left: 0, top: 0, right: 500, bottom: 300 };
  assert.equal(cardPlace({ x: 100, y: 150 }, { width: 200, height: 80 }, within).left, 118);
  assert.equal(cardPlace({ x: 450, y: 150 }, { width: 200, height: 80 }, within).left, 232);
  assert.deepEqual(cardPlace({ x: 10, y: 299 }, { width: 490, height: 290 }, within), { left: 0, top: 10 });
});

test('tabs are the methods that are there, in their order', () => {
  assert.deepEqual(methodsOf(embedding), ['pca', 'tsne']);
  assert.deepEqual(dimensionsOf(embedding, 'tsne'), [2, 3]);
  assert.deepEqual(dimensionsOf({ projections: [{ method: 'pca', dims: 2 }] }, 'pca'), [2]);
});

test('a tab keeps the dimensions where its method has them', () => {
  assert.deepEqual(showMethod(embedding, 'tsne', 2), { projection: 'tsne2d', camera: null });
  assert.deepEqual(showMethod(embedding, 'pca', 2), { projection: 'pca', components: [1, 2], camera: null });
  assert.equal(showMethod(embedding, 'umap', 3), null);
  assert.equal(shownProjection(embedding, { projection: 'pca', components: [1, 4] }).dims, 2);
});

test('further settings of a method are a choice that names what differs', () => {
  assert.deepEqual(settingsOf(embedding, embedding.projections[2]).map((one) => one.text), ['perplexity 30', 'perplexity 10']);
  assert.deepEqual(settingsOf(embedding, embedding.projections[1]), []);
});

test('components other than the first say the variance they hold', () => {
  assert.ok(Math.abs(varianceOf(embedding.projections[0], [1, 3]) - 0.41) < 1e-9);
  assert.equal(captionOf(embedding, { projection: 'pca', components: [1, 2, 3] }), 'PCA 3D.');
  assert.equal(captionOf(embedding, { projection: 'pca', components: [1, 3] }), 'PCA 2D, components 1 and 3: 41\u00a0% of the variance. 5,995 of 6,000\u00a0points, 256\u00a0dimensions.');
});

test('a caption counts the points that are drawn, of those read', () => {
  const written = { ...embedding, projections: [{ ...embedding.projections[1], caption: 't-SNE 2D, perplexity 30. 5,995 of 6,000\u00a0points, 256\u00a0dimensions.' }, embedding.projections[0]] };
  const state = { projection: 'tsne2d', components: [1, 2, 3] };
  assert.equal(captionOf(written, state, 4), 't-SNE 2D, perplexity 30. 4 of 6,000\u00a0points, 256\u00a0dimensions.');
  assert.equal(captionOf(written, state, null), written.projections[0].caption);
  assert.match(captionOf(written, { projection: 'pca', components: [2, 3] }, 4), / 4 of 6,000\u00a0points, 256\u00a0dimensions\.$/);
});

test('on a page of middling width an open inspector folds the legend away from the picture', () => {
  const tablet = { ...desktop, width: 768, side: 336 };
  const { left, right } = freeRectangle(tablet);
  assert.ok(right - left >= 768 / 2 - 32);
  assert.ok(freeRectangle({ ...tablet, side: 0 }).left > left);
});

test('a value is written as its cell spells it, and a word stands for what cannot be seen', () => {
  const spoken = (given, by, labelBy) => pointValue(paper, { by, title: by, said: () => given, kind: 'scale' }, labelBy, 0);
  const text = (parts) => parts.map((part) => part.textContent ?? part).join('');
  assert.equal(text(spoken('005', 'code', 'name')), 'code 005');
  assert.equal(text(spoken(null, 'code', 'name')), 'missing');
  assert.equal(spoken('005', 'code', 'code'), null);
  assert.deepEqual(['', ' \t', '\u200b', ' a'].map(named), ['blank', 'blank', 'blank', ' a']);
  assert.equal(cellText(paper, ' ').className, 'absent');
  assert.equal(cellText(paper, ' a').textContent, ' a');
});

test('long class names are cut in a sentence', () => {
  const said = splitSentence([{ name: 'x'.repeat(240), count: 2 }, { name: '', count: 1 }]);
  assert.equal(said, `2\u00a0${'x'.repeat(29)}…, 1\u00a0blank`);
});

test('the inspector shows an asked-for panel before the selection, the selection before the search', () => {
  const state = { panel: null, selection: [], search: { query: '' } };
  assert.equal(panelOf(state), null);
  assert.equal(panelOf({ ...state, search: { query: 'a' } }), 'matches');
  assert.equal(panelOf({ ...state, search: { query: 'a' }, selection: [1] }), 'subject');
  assert.equal(panelOf({ ...state, selection: [1, 2] }), 'selection');
  assert.equal(panelOf({ ...state, selection: [1], panel: 'keys' }), 'keys');
});

test('a sheet let go goes to the nearest of its three stops', () => {
  assert.deepEqual([0, 200, 380, 600, 900].map((height) => nearestStop(height, 780)), [96, 96, 359, 780, 780]);
});

test('a set of points divides among its classes, most first', () => {
  const coloring = planColoring('kind', makeColumn({ kind: 'category', cells: ['a', 'b', 'b', 'a', 'a', null] }), { rows: 6, finite: 6 });
  assert.deepEqual(splitByClass(coloring, [1, 2, 0, 5]).map(({ name, count }) => [name, count]), [['b', 2], ['a', 1], ['missing', 1]]);
});
