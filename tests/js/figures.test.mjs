import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';
import { makeEmbedding } from './views_fixtures.mjs';

const { ByteReader } = await load('payload/bytes.js');
const { decodeFigure, figureAsked, namedFigures } = await load('payload/figure.js');
const { SPHERIZED, drawnName, hasSpherized } = await load('state/drawn.js');
const { figureOf, followPicture, offeredFigures } = await load('state/figures.js');
const { cleanPatch, initialState } = await load('state/fields.js');
const { readAddress, writeAddress } = await load('state/address.js');
const { classCounts } = await load('state/shown.js');
const { planColoring, planFigureColoring, classOfPoint, pointStyle } = await load('color/coloring.js');
const { planScale } = await load('color/scale.js');
const { asMeasured, shownProjection } = await load('views/projections.js');
const { captionOf } = await load('views/caption.js');
const { aboutFigure, pictureName, projectionWords } = await load('text/words.js');

const figure = (index, name, projection = null, unit = 'share') => ({ index, name, title: name, unit, projection });
const FIGURES = [
  figure(0, 'neighbors_kept_10@pca', 'pca'),
  figure(1, 'neighbors_kept_10@pca-spherized', 'pca-spherized'),
  figure(2, 'neighbors_kept_10@tsne3d', 'tsne3d'),
  figure(3, 'continuity_30@tsne3d', 'tsne3d'),
  figure(4, 'hubness_10', null, 'count'),
];
const PROJECTIONS = [
  { name: 'pca', method: 'pca', dims: 5, variance: [0.4, 0.2, 0.1, 0.1, 0.1], caption: 'PCA 3D: 70 % of the variance.', points: 4 },
  { name: 'pca-spherized', method: 'pca', dims: 5, variance: [0.3, 0.2, 0.1, 0.1, 0.1], caption: 'Spherized.', points: 4 },
  { name: 'tsne3d', method: 'tsne', dims: 3, variance: null, caption: 't-SNE 3D.', points: 3 },
];
const cells = ['a', 'b', 'a', null];
const embedding = {
  ...makeEmbedding({ columns: [{ name: 'kind', kind: 'category', cells }, { name: 'norm', kind: 'text', cells }], projections: PROJECTIONS }),
  figures: FIGURES,
};
const plain = { ...embedding, projections: PROJECTIONS.filter((one) => one.name !== SPHERIZED) };

test('a figure is read in its steps, and its largest code is no value', () => {
  const shares = decodeFigure(new ByteReader(Uint8Array.from([0, 3, 255, 10])), 4, { coding: 'linear', base: 0, step: 0.1, width: 1 });
  assert.deepEqual(Array.from(shares, (value) => Math.round(value * 1000) / 1000), [0, 0.3, NaN, 1]);
  const wide = Uint8Array.from([0, 1, 2, 255, 0, 0, 0, 255]);
  const lengths = decodeFigure(new ByteReader(wide), 4, { coding: 'log', base: 0.5, step: Math.log(2), width: 2 });
  assert.deepEqual(Array.from(lengths), [0, 0.5, 1, NaN]);
  assert.throws(() => decodeFigure(new ByteReader(wide), 5, { coding: 'linear', base: 0, step: 1, width: 2 }));
});

test('a figure with the name of a column has a name of its own', () => {
  const names = namedFigures([{ name: 'norm' }, { name: 'hubness_10' }], [{ name: 'norm' }]).map((one) => one.name);
  assert.deepEqual(names, ['figure:norm', 'hubness_10']);
});

test('the figure that colors the points at first is found under the name it has in the page', () => {
  const figures = [{ name: 'norm' }, { name: 'hubness_10' }];
  const named = namedFigures(figures, [{ name: 'norm' }]);
  assert.equal(figureAsked({ figures, colorByFigure: 'norm' }, named), 'figure:norm');
  assert.equal(figureAsked({ figures, colorByFigure: 'left out for want of room' }, named), null);
  assert.equal(figureAsked({ figures, colorByFigure: null }, named), null);
  assert.equal(figureAsked({}, []), null);
});

test('the spherized variant is drawn in place of the PCA, and of nothing else', () => {
  assert.equal(drawnName(embedding, { projection: 'pca', spherize: true }), SPHERIZED);
  assert.equal(drawnName(embedding, { projection: 'pca', spherize: false }), 'pca');
  assert.equal(drawnName(embedding, { projection: 'tsne3d', spherize: true }), 'tsne3d');
  assert.equal(drawnName(plain, { projection: 'pca', spherize: true }), 'pca');
  assert.equal(hasSpherized(plain), false);
  assert.equal(shownProjection(embedding, { projection: 'pca', components: [1, 2, 3], spherize: true }).projection.name, SPHERIZED);
});

test('spherize is a switch of the state, also by the name of the projection, and comes home with the camera', () => {
  assert.deepEqual(cleanPatch({ spherize: true }, embedding), { spherize: true, camera: null });
  assert.deepEqual(cleanPatch({ projection: SPHERIZED }, embedding), { projection: 'pca', spherize: true, camera: null });
  assert.deepEqual(cleanPatch({ spherize: true }, plain), {});
  assert.deepEqual(cleanPatch({ projection: SPHERIZED }, plain), {});
  assert.deepEqual(cleanPatch({ spherize: 'yes' }, embedding), {});
});

test('the address holds the switch and a figure that colors', () => {
  const home = initialState(embedding);
  const state = { ...home, projection: 'pca', spherize: true, colorBy: 'neighbors_kept_10@pca-spherized' };
  const text = writeAddress(state, home, { first: 'e0', matches: null });
  const { patch } = readAddress(text, [embedding]);
  assert.deepEqual({ ...home, ...cleanPatch(patch, embedding), camera: null }, state);
});

test('points can be colored by columns and figures, and by nothing else', () => {
  assert.equal(cleanPatch({ colorBy: 'hubness_10' }, embedding).colorBy, 'hubness_10');
  assert.equal(cleanPatch({ colorBy: 'kind' }, embedding).colorBy, 'kind');
  assert.ok(!('colorBy' in cleanPatch({ colorBy: 'trustworthiness_10@umap2d' }, embedding)));
  assert.ok(!('labelBy' in cleanPatch({ labelBy: 'hubness_10' }, embedding)));
  assert.equal(figureOf(embedding, null), null);
});

test('beside a picture its own figures are offered, and those of every point', () => {
  const { picture, point } = offeredFigures(embedding, 'tsne3d');
  assert.deepEqual(picture.map((one) => one.name), ['neighbors_kept_10@tsne3d', 'continuity_30@tsne3d']);
  assert.deepEqual(point.map((one) => one.name), ['hubness_10']);
});

test('a figure of the picture goes along to the next picture where that one has it', () => {
  const follow = (name, before, now) => followPicture(embedding, name, { before, now });
  assert.equal(follow('neighbors_kept_10@tsne3d', 'tsne3d', 'pca'), 'neighbors_kept_10@pca');
  assert.equal(follow('neighbors_kept_10@pca', 'pca', SPHERIZED), 'neighbors_kept_10@pca-spherized');
  assert.equal(follow('continuity_30@tsne3d', 'tsne3d', 'pca'), 'continuity_30@tsne3d');
  assert.equal(follow('neighbors_kept_10@tsne3d', 'pca', SPHERIZED), 'neighbors_kept_10@tsne3d');
  assert.equal(follow('hubness_10', 'tsne3d', 'pca'), 'hubness_10');
  assert.equal(follow('kind', 'tsne3d', 'pca'), 'kind');
});

test('shares keep the ends of their scale whatever the values are', () => {
  const scale = planScale([0.4, 0.6, NaN], [0, 1]);
  assert.deepEqual([scale.low, scale.high, scale.log], [0, 1, false]);
  assert.equal(scale.place(0.4), 0.4);
  assert.equal(scale.place(1.5), 1);
  assert.ok(Number.isNaN(scale.place(NaN)));
  assert.equal(planScale([NaN], [0, 1]), null);
});

test('a figure colors by a scale in its own words; a point without it is hollow', () => {
  const values = Float32Array.from([0.25, NaN, 0.5]);
  const coloring = planFigureColoring({ name: 'f', title: 'Neighbors kept (10)', unit: 'share' }, values, { finite: 3 });
  assert.deepEqual([coloring.kind, coloring.by, coloring.title], ['scale', 'f', 'Neighbors kept (10)']);
  assert.deepEqual([0, 1, 2].map(coloring.said), ['25\u00a0%', null, '50\u00a0%']);
  assert.deepEqual(coloring.ends(coloring.scale), ['0\u00a0%', '100\u00a0%']);
  assert.equal(coloring.classes[classOfPoint(coloring, 1)].mark, 'missing');
  assert.equal(coloring.classes[0].count, 1);
  const counts = planFigureColoring({ name: 'h', title: 'Hubs', unit: 'count' }, Float32Array.from([0, 1200]), { finite: 2 });
  assert.equal(counts.said(1), '1,200');
  assert.deepEqual(counts.ends(counts.scale), ['0', '1,200']);
});

test('large values of what one looks for are drawn in front', () => {
  const styled = (name) => {
    const coloring = planFigureColoring({ name, title: name, unit: 'share' }, Float32Array.from([0, 1, NaN, 0.9]), { finite: 4 });
    return pointStyle({ coloring, theme: 'light', count: 4, visible: null, lit: null }).ranks;
  };
  for (const name of ['suspected_label_10:kind', 'equal_rows', 'near_duplicates', 'outlier_factor_20', 'figure:equal_rows']) {
    const ranks = styled(name);
    assert.ok(ranks[1] >= ranks[3] && ranks[3] > ranks[0], name);
    assert.equal(ranks[2], 0);
  }
  assert.equal(styled('hubness_10'), null);
  assert.equal(styled('neighbors_kept_10@pca'), null);
});

test('shares that are near 1 everywhere differ on a scale of their upper tenth', () => {
  const given = { name: 'trustworthiness_10@pca', title: 'Trustworthiness (10)', unit: 'share' };
  const coloring = planFigureColoring(given, Float32Array.from([0.4, 0.9, 0.95, 0.998]), { finite: 4 });
  assert.deepEqual(coloring.ends(coloring.scale), ['≤\u00a090.0\u00a0%', '100.0\u00a0%']);
  assert.deepEqual([0, 1, 2, 3].map((i) => Math.round(coloring.places[i] * 100)), [0, 0, 50, 98]);
  assert.equal(coloring.said(3), '99.8\u00a0%');
});

test('the legend counts what is isolated and has a place in the picture', async () => {
  const column = await embedding.column(0);
  const coloring = planColoring('kind', column, embedding);
  const dataset = { embedding, indices: (rows) => rows.map((row) => embedding.indexOf(row)) };
  const places = (...rows) => {
    const xyz = new Float32Array(12);
    for (const row of rows) xyz.fill(NaN, 3 * embedding.indexOf(row), 3 * embedding.indexOf(row) + 3);
    return { xyz };
  };
  const counted = (isolated, placed) => classCounts({ isolated }, { dataset, coloring, placed });
  const shown = ({ counts }) => Array.from(counts.subarray(0, 3));
  assert.deepEqual(counted(null, places()), { counts: null, unplaced: 0 });
  assert.deepEqual(shown(counted([0, 1], places())), [1, 1, 0]);
  assert.deepEqual(shown(counted(null, places(0))), [1, 1, 1]);
  assert.equal(counted(null, places(0, 3)).unplaced, 2);
  assert.deepEqual(shown(counted([0, 3], places(0))), [0, 0, 1]);
});

test('a PCA is drawn as measured along its first components only', () => {
  assert.ok(asMeasured(PROJECTIONS[0], [1, 2, 3]));
  assert.ok(!asMeasured(PROJECTIONS[0], [1, 2]));
  assert.ok(!asMeasured(PROJECTIONS[0], [1, 3, 2]));
  assert.ok(asMeasured({ method: 'pca', dims: 2 }, [1, 2]));
  assert.ok(asMeasured(PROJECTIONS[2], [4, 5]));
});

test('pictures, captions and figures are called by words', () => {
  assert.equal(projectionWords(PROJECTIONS[1]), 'PCA 3D, spherized');
  assert.equal(projectionWords(PROJECTIONS[2]), 't-SNE 3D');
  assert.equal(pictureName({ method: 'pca', dims: 3, variant: 'spherized' }, 2, null), 'PCA 3D, spherized, 2\u00a0points');
  assert.equal(captionOf(embedding, { projection: 'pca', components: [1, 2, 3], spherize: true }), 'Spherized.');
  assert.equal(
    captionOf(embedding, { projection: 'pca', components: [1, 3], spherize: true }),
    'PCA 2D of the centered, normalized rows, components 1 and 3: 40\u00a0% of the variance. 4\u00a0points, 8\u00a0dimensions.',
  );
  assert.match(aboutFigure('neighbors_kept_30@tsne3d-p10'), /30 nearest/);
  assert.match(aboutFigure('label_agreement_10:a:b@c'), /share its a:b@c$/);
  assert.match(aboutFigure('suspected_label_10:a:b@c'), /10 nearest neighbors, those with one other a:b@c,/);
  assert.match(aboutFigure('equal_rows'), /exactly its values/);
  assert.match(aboutFigure('figure:near_duplicates'), /almost exactly its values/);
  assert.equal(aboutFigure('constructor'), '');
});

test('a caption of a sample counts what is isolated of it', () => {
  const sampled = { ...embedding, projections: [{ ...PROJECTIONS[2], caption: 't-SNE 3D. 3 of 4\u00a0points placed, 8\u00a0dimensions.' }] };
  const state = { projection: 'tsne3d', components: [1, 2, 3] };
  assert.equal(captionOf(sampled, state, 2), 't-SNE 3D. 2 of 4\u00a0points, 8\u00a0dimensions.');
  assert.equal(captionOf(sampled, state), sampled.projections[0].caption);
});
