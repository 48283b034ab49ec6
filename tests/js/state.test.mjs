import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';
import { makeColumn, makeEmbedding } from './views_fixtures.mjs';

const { createStore, same } = await load('state/store.js');
const { createWatcher } = await load('state/watch.js');
const { createTasks } = await load('state/tasks.js');
const { rangesOf, rowsOf } = await load('state/ranges.js');
const { cleanPatch, initialState } = await load('state/fields.js');
const { LONGEST, readAddress, writeAddress } = await load('state/address.js');
const { backTo, extendSelection, isolate, rowsToIsolate, selectRow, selectRows, stepBack } = await load('state/moves.js');
const { litMask, standsOut, visibleMask } = await load('state/masks.js');
const { isolateShown, showAgain, shownCount, shownSteps } = await load('state/shown.js');
const { listNeighbors } = await load('state/near.js');
const { suspicionsOf } = await load('state/suspicion.js');
const { keptNeighbors, pictureShares } = await load('state/kept.js');
const { cameraOn, placeProjection } = await load('state/placing.js');
const { openDataset } = await load('state/dataset.js');
const { planColoring } = await load('color/coloring.js');

const embedding = makeEmbedding({
  rows: 100,
  columns: [{ name: 'name', kind: 'text', cells: Array(100).fill('x') }, { name: 'kind', kind: 'category', cells: Array(100).fill('k') }],
  projections: [{ name: 'tsne3d', method: 'tsne', dims: 3 }, { name: 'pca', method: 'pca', dims: 10 }],
});
const home = initialState(embedding);

test('listeners hear of their part only, and only when it has changed', () => {
  const store = createStore({ a: 1, b: [1, 2] });
  const heard = [];
  store.subscribe((state) => state.b, (b) => heard.push(b));
  store.set({ a: 2 });
  store.set({ b: [1, 2] });
  store.set({ b: [3] });
  assert.deepEqual(heard, [[3]]);
});

test('a change made while listeners run comes after it, in order', () => {
  const store = createStore({ a: 0, b: 0 });
  store.subscribe((state) => state.a, (a) => store.set({ b: a * 10 }));
  const seen = [];
  store.subscribe((state) => state.b, (b, state) => seen.push([b, state.a]));
  store.set({ a: 3 });
  assert.deepEqual(seen, [[30, 3]]);
});

test('plain values are compared by contents, typed arrays by identity', () => {
  assert.ok(same({ a: [1, { b: null }] }, { a: [1, { b: null }] }));
  assert.ok(!same([1], [1, 2]));
  assert.ok(!same(new Uint8Array(2), new Uint8Array(2)));
});

test('reactions to several stores are gathered into one', () => {
  const one = createStore({ a: 1 });
  const two = createStore({ b: 1 });
  const queue = [];
  const { watch } = createWatcher([one, two], (run) => queue.push(run));
  const seen = [];
  const end = watch((first, second) => [first.a, second.b], (a, b) => seen.push([a, b]));
  one.set({ a: 2 });
  two.set({ b: 2 });
  assert.equal(queue.length, 1);
  queue.shift()();
  assert.deepEqual(seen, [[1, 1], [2, 2]]);
  end();
  one.set({ a: 3 });
  queue.shift()();
  assert.equal(seen.length, 2);
});

test('waiting for tasks includes those that start meanwhile, and a failed one is told', async () => {
  const told = [];
  const tasks = createTasks((error) => told.push(error.message));
  let late = false;
  tasks.run(Promise.resolve().then(() => { tasks.run(new Promise((resolve) => { setTimeout(() => { late = true; resolve(); }, 5); })); }));
  tasks.run(Promise.reject(new Error('broken')));
  await tasks.settled();
  assert.equal(late, true);
  assert.deepEqual(told, ['broken']);
});

test('rows become ranges and come back', () => {
  assert.equal(rangesOf([9, 3, 4, 5, 3, 20]), '3-5,9,20');
  assert.deepEqual(rowsOf('3-5,9,20', 100), [3, 4, 5, 9, 20]);
  assert.deepEqual(rowsOf('98-105,x,7-2,-1,1e3', 100), [98, 99]);
  assert.deepEqual(rowsOf('0-4000000000', 3), [0, 1, 2]);
});

test('a patch from outside keeps what makes sense and drops the rest', () => {
  const clean = cleanPatch({
    projection: 'nonsense', metric: 'euclidean', k: 900, colorBy: 'kind', labelBy: 'no such', selection: [5, 2, 2, -1, 100, 1.5], camera: { yaw: NaN },
    pointSize: 9, images: 'yes', components: [1, 99, 3], theme: 'purple', unknown: 1, search: 'boot',
  }, embedding);
  assert.deepEqual(clean, {
    metric: 'euclidean', k: 4, colorBy: 'kind', hidden: [], selection: [2, 5], focus: null, pointSize: 2, search: { query: 'boot', regex: false, column: null },
  });
});

test('a component stands on one axis only', () => {
  assert.deepEqual(cleanPatch({ components: [3, 3, 3] }, embedding).components, [3, 1, 2]);
  assert.deepEqual(cleanPatch({ components: [4, 2] }, embedding).components, [4, 2]);
  const line = { ...embedding, projections: [{ name: 'pca', method: 'pca', dims: 1 }] };
  assert.equal(cleanPatch({ components: [1, 1] }, line).components, undefined);
});

test('a focus selects its row, a new projection brings the home view', () => {
  assert.deepEqual(cleanPatch({ focus: 7 }, embedding), { focus: 7, selection: [7] });
  assert.deepEqual(cleanPatch({ projection: 'pca' }, embedding), { projection: 'pca', camera: null });
});

test('the address is empty at home and brings every field back', () => {
  const context = { first: 'e0', matches: null };
  assert.equal(writeAddress(home, home, context), '');
  const state = {
    ...home, projection: 'pca', components: [2, 1, 5], metric: 'euclidean', k: 3, colorBy: 'kind', labelBy: null, theme: 'dark', panel: 'figures', pointSize: 1.5,
    images: true, labels: false, camera: { yaw: 0.5, pitch: -0.25, zoom: 2, center: [0.125, 0, -1] }, selection: [1, 2, 3, 9], isolated: [1, 2, 3, 9, 10],
    search: { query: 'a&b=c #ü', regex: true, column: 'name' }, hidden: ['k', null, true],
  };
  const { patch, embedding: found } = readAddress(`#${writeAddress(state, home, context)}`, [embedding]);
  const restored = { ...home, ...cleanPatch(patch, found) };
  assert.deepEqual({ ...restored, trail: [] }, { ...state, trail: [] });
});

test('one selected point is in the address as the focus', () => {
  const text = writeAddress({ ...home, selection: [31], focus: 31 }, home, { first: 'e0', matches: null });
  assert.equal(text, 'focus=31');
  const { patch } = readAddress(text, [embedding]);
  assert.deepEqual(cleanPatch(patch, embedding), { focus: 31, selection: [31] });
});

test('a selection that equals the matches is in the address by its search', () => {
  const state = { ...home, search: { query: 'boot', regex: false, column: null }, selection: [1, 5, 9] };
  const text = writeAddress(state, home, { first: 'e0', matches: [1, 5, 9] });
  assert.equal(text, 'q=boot&selection=matches');
  assert.deepEqual(readAddress(text, [embedding]).fromMatches, ['selection']);
});

test('an address never grows past its limit', () => {
  const selection = Array.from({ length: 2000 }, (_, n) => 3 * n);
  const text = writeAddress({ ...home, selection, metric: 'euclidean' }, home, { first: 'e0', matches: null });
  assert.ok(text.length <= LONGEST);
  assert.equal(text, 'metric=euclidean');
});

test('an address keeps the renderer somebody asked for', () => {
  const { kept } = readAddress('#renderer=plotly&k=3', [embedding]);
  assert.equal(writeAddress({ ...home, k: 3 }, home, { first: 'e0', matches: null, kept }), 'k=3&renderer=plotly');
});

test('an address that cannot be read leaves the page as it opens', () => {
  const { patch } = readAddress('#hidden={&camera=a,b&k=abc&selection=zzz&embedding=none', [embedding]);
  assert.deepEqual({ ...home, ...cleanPatch(patch, embedding) }, home);
});

test('Escape closes a panel, then clears the selection, then the search', () => {
  let state = { ...home, panel: 'keys', selection: [1], focus: 1, search: { query: 'x', regex: false, column: null } };
  const seen = [];
  for (let patch = stepBack(state); patch; patch = stepBack(state)) {
    seen.push(Object.keys(patch)[0]);
    state = { ...state, ...patch };
  }
  assert.deepEqual(seen, ['panel', 'selection', 'search']);
});

test('a click with Ctrl adds a point to the selection or takes it out', () => {
  assert.deepEqual(extendSelection({ selection: [4] }, 2).selection, [2, 4]);
  assert.deepEqual(extendSelection({ selection: [2, 4] }, 4), { selection: [2], focus: 2, panel: null });
  assert.equal(selectRows([1, 2]).focus, null);
  assert.equal(selectRow(3).focus, 3);
});

test('isolation leaves a trail that leads back step by step', () => {
  let state = { ...home, ...isolate(home, [5, 1, 9], 'boot') };
  state = { ...state, ...isolate(state, [9], 'one') };
  assert.deepEqual(state.isolated, [9]);
  assert.deepEqual(state.trail.map((step) => step.label), ['boot', 'one']);
  state = { ...state, ...backTo(state, 1) };
  assert.deepEqual(state.isolated, [1, 5, 9]);
  assert.equal(backTo(state, 0).isolated, null);
  assert.equal(isolate(state, [], 'none'), null);
});

test('isolating a single point takes its neighbors along', () => {
  assert.deepEqual(rowsToIsolate({ selection: [3], focus: 3 }, [8, 1]), [3, 8, 1]);
  assert.deepEqual(rowsToIsolate({ selection: [3, 4], focus: null }, []), [3, 4]);
});

const coloring = planColoring('kind', makeColumn({ kind: 'category', cells: ['a', 'b', 'a', null] }), { rows: 4, finite: 4 });

test('hidden classes and what is not isolated are not drawn', () => {
  assert.equal(visibleMask({ count: 4, isolated: null, hidden: [], coloring }), null);
  assert.deepEqual([...visibleMask({ count: 4, isolated: null, hidden: ['a'], coloring })], [0, 1, 0, 1]);
  assert.deepEqual([...visibleMask({ count: 4, isolated: [0, 3], hidden: [null], coloring })], [1, 0, 0, 0]);
});

test('the class under the pointer stands out before the selection, the selection before the matches', () => {
  const wanted = { count: 4, coloring, hoverClass: -1, selected: [], marked: [], matches: Uint32Array.from([3]) };
  assert.deepEqual([...litMask(wanted)], [1, 1, 1, 2]);
  assert.deepEqual([...litMask({ ...wanted, selected: [1, 2] })], [1, 2, 2, 1]);
  assert.deepEqual([...litMask({ ...wanted, selected: [1], marked: [1, 0] })], [0, 0, 1, 1]);
  assert.deepEqual([...litMask({ ...wanted, selected: [1], hoverClass: 0 })], [2, 1, 2, 1]);
  assert.equal(litMask({ ...wanted, matches: new Uint32Array(0) }), null);
});

test('nothing stands out where everything drawn does', () => {
  assert.equal(standsOut(Uint8Array.from([2, 1]), Uint8Array.from([1, 0])), false);
  assert.equal(standsOut(Uint8Array.from([2, 1]), null), true);
  assert.equal(standsOut(null, null), false);
});

test('nothing is dimmed for what is lit but not drawn', () => {
  assert.equal(standsOut(Uint8Array.from([2, 1, 1]), Uint8Array.from([0, 1, 1])), false);
  assert.equal(standsOut(Uint8Array.from([2, 1, 1]), Uint8Array.from([1, 0, 1])), true);
});

test('only what is drawn is isolated and counted', async () => {
  const dataset = { embedding: { rows: 4, finite: 3 }, indexOf: (row) => row, indices: (rows) => Uint32Array.from(rows) };
  const derived = { dataset, coloring, placed: null };
  const state = { ...home, hidden: ['b'] };
  assert.deepEqual(isolateShown(state, derived, [0, 1, 2, 3], 'x').isolated, [0, 2]);
  assert.equal(shownCount(state, derived), 2);
  assert.equal(shownCount(home, derived), null);
  assert.deepEqual(isolateShown(home, derived, [3], 'no place'), {});
  const anew = isolateShown({ ...state, trail: [{ label: 'a', rows: [0] }], isolated: [0] }, derived, [1], 'b');
  assert.deepEqual([anew.isolated, anew.hidden, anew.trail.length], [[1], [], 1]);
});

test('a choice in the legend is a step with a way back', () => {
  const dataset = { embedding: { rows: 4, finite: 4 }, indices: (rows) => Uint32Array.from(rows) };
  const derived = { dataset, coloring, placed: null };
  const state = { ...home, hidden: ['b', null] };
  assert.deepEqual(shownSteps(state, derived, 4), [{ label: 'All', points: 4 }, { label: 'a', points: 2 }]);
  assert.equal(shownSteps({ ...state, hidden: ['b'] }, derived, 4)[1].label, '2\u00a0classes');
  assert.equal(shownSteps(home, derived, 4).length, 1);
  const isolated = { ...state, isolated: [0, 1], trail: [{ label: 'x', rows: [0, 1] }] };
  assert.deepEqual(shownSteps(isolated, derived, 4).map((step) => step.points), [4, 2, 1]);
  assert.deepEqual(showAgain(isolated, 1), { hidden: [] });
  assert.deepEqual(showAgain(isolated, 0), { trail: [], isolated: null, camera: null, hidden: [] });
});

test('neighbors carry both distances; one beyond a table says so', () => {
  const cosine = { k: 2, indices: Int32Array.from([1, 2, -1, -1]), distances: Float32Array.from([0.5, 0.75, NaN, NaN]) };
  const euclidean = { k: 2, indices: Int32Array.from([1, 3, -1, -1]), distances: Float32Array.from([2, 3, NaN, NaN]) };
  const found = listNeighbors(0, { cosine, euclidean }, 'cosine', 5);
  assert.deepEqual(found.indices, [1, 2]);
  assert.deepEqual(found.euclidean, [{ value: 2, beyond: false }, { value: 3, beyond: true }]);
  assert.deepEqual(listNeighbors(1, { cosine, euclidean }, 'cosine', 5).indices, []);
});

test('the nearest points in the picture are those a full sort gives', () => {
  const xyz = Float32Array.from({ length: 300 }, (_, n) => Math.sin(n * 12.9898) * 2);
  xyz.fill(NaN, 30, 33);
  const gap = (i, j) => Math.hypot(...[0, 1, 2].map((axis) => xyz[3 * i + axis] - xyz[3 * j + axis]));
  const wanted = Array.from({ length: 100 }, (_, i) => i).filter((i) => i !== 7 && i !== 10).sort((a, b) => gap(7, a) - gap(7, b)).slice(0, 10);
  const share = pictureShares(xyz, 7, 10);
  assert.deepEqual(Array.from({ length: 100 }, (_, i) => i).filter((i) => share(i) === 1), wanted.sort((a, b) => a - b));
  assert.ok(Array.from({ length: 100 }, (_, i) => share(i)).every((one) => one === 0 || one === 1));
  assert.ok(Array.from({ length: 100 }, (_, i) => pictureShares(xyz, 10, 10)(i)).every((one) => one === 0));
});

test('the last places of the picture are shared by the points that tie for them', () => {
  for (const order of [[0, 1, 1, 1, 2, 5], [0, 5, 2, 1, 1, 1], [0, 1, 5, 1, 2, 1], [0, 2, 2, 2, 1, 1]]) {
    const xyz = Float32Array.from(order.flatMap((x) => [x, 0, 0]));
    for (const k of [1, 2, 3, 4, 5]) {
      const share = pictureShares(xyz, 0, k);
      const gaps = order.slice(1).sort((a, b) => a - b);
      const last = gaps[k - 1];
      const tied = gaps.filter((gap) => gap === last).length;
      const places = k - gaps.filter((gap) => gap < last).length;
      order.forEach((gap, i) => {
        if (i > 0) assert.equal(share(i), gap < last ? 1 : gap === last ? places / tied : 0, `${order} ${k} ${i}`);
      });
    }
  }
});

/** One row with all others in a table, at given distances in the data and places in the picture. */
function ranked(distances, places, width = distances.length) {
  const n = distances.length + 1;
  const indices = new Int32Array(n * width).fill(-1);
  const stored = new Float32Array(n * width).fill(NaN);
  for (let i = 0; i < width; i += 1) [indices[i], stored[i]] = [i + 1, distances[i]];
  const table = { k: width, indices, distances: stored };
  const list = (k) => listNeighbors(0, { cosine: table, euclidean: table }, 'cosine', k, distances.length);
  return { list, xyz: Float32Array.from([0, ...places].flatMap((x) => [x, 0, 0])) };
}

test('without ties the neighbors kept are what both lists have in common', () => {
  const { list, xyz } = ranked([1, 2, 3, 4, 5], [2, 9, 1, 3, 8]);
  const kept = keptNeighbors(list(3), xyz, 1);
  assert.deepEqual([...kept.near], [1, 3]);
  assert.deepEqual([kept.count, kept.beyond, kept.tied.size], [2, false, 0]);
});

test('rows that tie beyond the list count as neighbors by the figure of the point, or leave the number open', () => {
  const { list, xyz } = ranked([1, 2, 2, 2, 2, 7], [9, 8, 7, 1, 2, 3]);
  assert.deepEqual(list(2).further, [3, 4, 5]);
  assert.deepEqual(keptNeighbors(list(2), xyz), { near: new Set(), tied: new Set([2]), count: null, beyond: true });
  assert.equal(keptNeighbors(list(2), xyz, 1).count, 2);
  assert.ok(keptNeighbors(list(2), xyz, 1).beyond);
  assert.deepEqual(keptNeighbors(list(2), xyz, 0).count, 0);
  assert.ok(!keptNeighbors(list(2), xyz, 0).beyond);
});

test('a tie that no point of the picture is part of leaves nothing open', () => {
  const { list, xyz } = ranked([1, 2, 2, 9, 9], [1, 8, 9, 2, 3]);
  assert.deepEqual([keptNeighbors(list(2), xyz).count, keptNeighbors(list(2), xyz).beyond], [1, false]);
});

test('a table that ends in a tie may be followed by more, unless it holds everybody', () => {
  const far = [1, 2, 2, 2, 2];
  const places = [9, 8, 7, 1, 2];
  const cut = ranked(far, places, 3);
  assert.ok(cut.list(2).open && cut.list(3).open);
  assert.equal(keptNeighbors(cut.list(3), cut.xyz).count, null);
  const whole = ranked(far, places);
  assert.ok(!whole.list(2).open);
  const all = keptNeighbors(whole.list(5), whole.xyz);
  assert.deepEqual([all.count, all.near.size, all.beyond], [5, 5, false]);
});

test('equal rows at one place of the picture are all near, and counted as chance would pick them', () => {
  const { list, xyz } = ranked([0, 0, 0, 0, 5], [0, 0, 0, 0, 9]);
  const kept = keptNeighbors(list(2), xyz, 1);
  assert.deepEqual([...kept.near], [1, 2]);
  assert.deepEqual([kept.count, kept.tied.size], [2, 0]);
});

test('the chosen components become the axes of the picture', async () => {
  const given = makeEmbedding({
    columns: [{ name: 'n', kind: 'text', cells: ['a', 'b'] }], coordinates: { pca: [[0, 10, 100], [4, 14, 100]] },
    projections: [{ name: 'pca', method: 'pca', dims: 3, frame: { halfWidth: 9, halfHeight: 9 } }],
  });
  const usual = await placeProjection(given, 'pca', [1, 2, 3]);
  assert.equal(usual.frame.halfWidth, 9);
  assert.deepEqual([...usual.xyz], [1, 1, 0, -1, -1, 0]);
  const flat = await placeProjection(given, 'pca', [2, 3]);
  assert.equal(flat.flat, true);
  assert.deepEqual([...flat.xyz], [1, 0, 0, -1, 0, 0]);
  assert.equal(flat.frame.halfWidth, 1);
});

test('the camera on some points has them in the middle and closer', () => {
  const xyz = Float32Array.from([0, 0, 0, 1, 0, 0, 1, 0.2, 0, -1, -1, 0]);
  const placed = { xyz, flat: true, frame: { halfWidth: 1, halfHeight: 1 } };
  const camera = cameraOn(placed, [1, 2]);
  assert.ok(Math.abs(camera.center[0] - 1) < 1e-6 && Math.abs(camera.center[1] - 0.1) < 1e-6);
  assert.ok(camera.zoom > 2);
  assert.equal(cameraOn(placed, []).zoom, 1);
  assert.ok(Number.isFinite(cameraOn(placed, [1, 1]).zoom));
});

test('a point without a label goes by its row', async () => {
  const dataset = await openDataset(makeEmbedding({ columns: [{ name: 'name', kind: 'text', cells: ['a', null] }] }));
  assert.equal(dataset.label(dataset.indexOf(0), 'name'), 'a');
  assert.equal(dataset.label(dataset.indexOf(1), 'name'), 'row 1');
  assert.equal(dataset.label(dataset.indexOf(0), null), 'row 0');
  assert.deepEqual(dataset.cells(dataset.indexOf(1)), [['name', null]]);
});

test('a suspected label is told with the one its neighbors bear, and only as often as the figure says', async () => {
  const cells = ['a', 'b', 'b', 'b', null, 'c'];
  const suspected = (share) => ({
    embedding: {
      settings: { metric: 'cosine' }, figures: [{ index: 0, name: 'hubness_10' }, { index: 1, name: 'suspected_label_4:kind' }],
      figure: async (index) => (index === 1 ? Float32Array.of(share, 0, 0, 0, NaN, 0) : assert.fail()),
      neighbors: async () => ({ k: 5, indices: Int32Array.from([1, 4, 2, 3, 5, ...new Array(25).fill(0)]) }),
    },
    place: (name) => (name === 'kind' ? 0 : -1), cell: (i) => cells[i],
  });
  assert.deepEqual(await suspicionsOf(suspected(0.75), 0), [{ column: 'kind', label: 'b', votes: 3, of: 4 }]);
  assert.deepEqual(await suspicionsOf(suspected(1), 0), []);
  assert.deepEqual(await suspicionsOf(suspected(0.75), 1), []);
  assert.deepEqual(await suspicionsOf(suspected(0.75), 4), []);
});
