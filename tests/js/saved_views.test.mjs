import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';
import { makeColumn, makeEmbedding } from './views_fixtures.mjs';

const { showView, viewOf } = await load('state/saved_views.js');
const { linesOf } = await load('state/lines.js');
const { openDataset } = await load('state/dataset.js');
const { initialState } = await load('state/fields.js');
const { readAddress, writeAddress } = await load('state/address.js');
const { dimensionsOf, methodsOf, settingsOf, showMethod, shownProjection } = await load('views/projections.js');
const { lineOpacity, paintPolylines } = await load('scene/polylines.js');

const CELLS = ['1', '2.0', '', '3', 'x', '99'];
const PROJECTIONS = [
  { name: 'tsne3d', method: 'tsne', dims: 3, settings: {} },
  { name: 'view1', method: 'saved', dims: 3, settings: {} },
  { name: 'view2', method: 'saved', dims: 2, settings: {} },
];
const VIEWS = [
  { projection: 'view1', label: 'one', method: 'tsne', points: 6, selection: '1-2,9', isolated: null, colorBy: null, labelBy: 'word', camera: null },
  { projection: 'view2', label: 'two', method: 'umap', points: 2, selection: '', isolated: '0,3', colorBy: null, labelBy: null, camera: { yaw: 0, pitch: 0, zoom: 2, center: [0, 0.5, 0] } },
];
const columns = [{ name: 'word', kind: 'text', cells: ['a', 'b', 'c', 'd', 'e', 'f'] }, { name: '__next__', kind: 'text', cells: CELLS }];
const embedding = { ...makeEmbedding({ columns, projections: PROJECTIONS }), savedViews: VIEWS, lines: 1 };

test('a saved view restores its selection, columns, rows and camera, and ends the search', () => {
  const first = showView(embedding, VIEWS[0]), second = showView(embedding, VIEWS[1]);

  assert.deepEqual(first.selection, [1, 2]);
  assert.deepEqual([first.projection, first.labelBy, first.isolated, first.camera, first.search.query], ['view1', 'word', null, null, '']);
  assert.equal('colorBy' in first, false);
  assert.deepEqual(second.isolated, [0, 3]);
  assert.deepEqual(second.trail, [{ label: 'two', rows: [0, 3] }]);
  assert.deepEqual(second.camera, VIEWS[1].camera);
  assert.equal(second.focus, null);
  assert.equal(viewOf(embedding, 'tsne3d'), null);
  assert.equal(viewOf(embedding, 'view2'), VIEWS[1]);
});

test('saved views have one tab of their own, without a switch of dimensions or settings', () => {
  assert.deepEqual(methodsOf(embedding), ['tsne', 'saved']);
  assert.equal(showMethod(embedding, 'saved', 2).projection, 'view1');
  assert.deepEqual(dimensionsOf(embedding, 'saved'), []);
  assert.deepEqual(settingsOf(embedding, PROJECTIONS[1]), []);
  assert.deepEqual(shownProjection(embedding, { projection: 'view2', components: [1, 2, 3] }).dims, 2);
});

test('the address names a saved view and hidden lines', () => {
  const home = initialState(embedding);
  const text = writeAddress({ ...home, projection: 'view2', lines: false }, home, { first: 'e0', matches: null });

  assert.equal(text, 'show=view2&lines=0');
  assert.deepEqual(readAddress(text, [embedding]).patch, { projection: 'view2', lines: false });
});

test('lines run between stored indices; cells that name no row or their own start none', async () => {
  const { lines } = await openDataset(embedding);

  assert.deepEqual([...lines.from].map((i) => embedding.rowOf(i)), [0, 1]);
  assert.deepEqual([...lines.to].map((i) => embedding.rowOf(i)), [1, 2]);
  assert.equal((await openDataset({ ...embedding, lines: null })).lines, null);
  assert.equal(linesOf(embedding, makeColumn({ kind: 'text', cells: Array(6).fill(null) })).from.length, 0);
});

const SCREEN = Float32Array.of(0, 0, 0, 10, 0, 0, 20, 10, 0, NaN, NaN, NaN);

function drawn(lines, { lit = null, mask = [1, 1, 1, 1], busy = false, hue = (i) => `hue${i}` } = {}) {
  const strokes = [];
  let path = [];
  const pen = {
    beginPath() { path = []; },
    moveTo(x, y) { path.push([x, y]); },
    lineTo(x, y) { path.at(-1).push(x, y); },
    stroke() { for (const ends of path) strokes.push({ ends, color: pen.strokeStyle, alpha: pen.globalAlpha }); },
  };
  const renderer = { projectAll: () => SCREEN, mask: () => Uint8Array.from(mask), content: { style: { lit } }, busy };
  paintPolylines(pen, { renderer, hue, lines: { from: Uint32Array.from(lines, ([a]) => a), to: Uint32Array.from(lines, ([, b]) => b) } });
  return strokes;
}

test('each half of a line has the hue of its end; one hue is one line', () => {
  const two = drawn([[0, 1]]), one = drawn([[0, 1]], { hue: () => 'same' });

  assert.deepEqual(two.map(({ ends, color }) => [...ends, color]), [[0, 0, 5, 0, 'hue0'], [5, 0, 10, 0, 'hue1']]);
  assert.deepEqual(one.map(({ ends }) => ends), [[0, 0, 10, 0]]);
});

test('lines of points that are hidden or have no place are not drawn', () => {
  assert.equal(drawn([[0, 1]], { mask: [1, 0, 1, 1] }).length, 0);
  assert.equal(drawn([[0, 3]]).length, 0);
});

test('lines of points that step back are fainter and below the others', () => {
  const strokes = drawn([[0, 1], [1, 2]], { lit: Uint8Array.of(2, 2, 1, 1), hue: () => 'same' });

  assert.deepEqual(strokes.map(({ ends }) => ends), [[10, 0, 20, 10], [0, 0, 10, 0]]);
  assert.ok(strokes[0].alpha < strokes[1].alpha / 3);
});

test('many lines are fainter, and while something moves a sample of them is drawn', () => {
  const many = Array.from({ length: 12_000 }, () => [0, 1]);

  assert.ok(lineOpacity(12_000) < lineOpacity(100));
  assert.equal(drawn(many, { hue: () => 'same' }).length, 12_000);
  assert.equal(drawn(many, { busy: true, hue: () => 'same' }).length, 6000);
});
