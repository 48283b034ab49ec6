import test from 'node:test';
import assert from 'node:assert/strict';
import { load } from './load.mjs';

const { depthMeasure, drawOrder, rankedMeasure, shareBudget, sortByDepth } = await load('scene/draw_order.js');
const { createPace } = await load('scene/pace.js');
const { HOME, lensOf, projectThrough } = await load('scene/camera.js');
const style = await load('scene/point_style.js');

function sample(count) {
  let state = 7;
  const random = () => { state = (state * 1103515245 + 12345) % 2147483648; return state / 2147483648; };
  const xyz = Float32Array.from({ length: 3 * count }, () => 2 * random() - 1);
  return { count, stride: 7, xyz, rgba: new Uint8Array(4 * count).fill(255), random };
}

test('every drawn point comes once, in stride order, and hidden or placeless ones never', () => {
  const given = sample(20);
  given.rgba[4 * 3 + 3] = 0;
  given.xyz.fill(NaN, 15, 18);

  const { ground, plain, lit } = drawOrder(given);

  assert.equal(ground.length + lit.length, 0);
  assert.deepEqual([...plain].slice(0, 4), [0, 7, 14, 1]);
  assert.deepEqual([...plain].sort((a, b) => a - b), [0, 1, 2, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
});

test('missing classes are drawn first and lit points last', () => {
  const given = sample(6), lit = Uint8Array.of(0, 2, 1, 0, 2, 0), shape = Uint8Array.of(2, 2, 0, 1, 0, 0);

  const order = drawOrder({ ...given, stride: 1, lit, shape });

  assert.deepEqual([[...order.ground], [...order.plain], [...order.lit]], [[0], [2, 3, 5], [1, 4]]);
});

test('a budget is kept, and lit points take at most half of it unless the others leave room', () => {
  const list = (length) => new Uint32Array(length);
  const crowd = { ground: list(100), plain: list(900), lit: list(500) }, few = { ground: list(0), plain: list(10), lit: list(500) };

  assert.deepEqual(shareBudget(crowd, 200), { ground: 10, plain: 90, lit: 100 });
  assert.deepEqual(shareBudget(crowd, Infinity), { ground: 100, plain: 900, lit: 500 });
  assert.deepEqual(shareBudget(few, 200), { ground: 0, plain: 10, lit: 190 });
  assert.deepEqual(shareBudget({ ground: list(0), plain: list(0), lit: list(0) }, 50), { ground: 0, plain: 0, lit: 0 });
});

test('sorting by depth puts far points before near ones and loses none', () => {
  const { xyz } = sample(500), lens = lensOf(HOME, { cx: 0, cy: 0, scale: 1 }, 0.25);
  const indices = Uint32Array.from({ length: 500 }, (_, i) => i), out = new Uint32Array(502);

  sortByDepth(indices, 500, depthMeasure(lens, xyz, xyz, 1), out, 2);

  const depths = [...out.subarray(2)].map((i) => projectThrough(lens, xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2]).depth);
  assert.deepEqual([...out.subarray(2)].sort((a, b) => a - b), [...indices]);
  depths.slice(1).forEach((depth, k) => assert.ok(depth >= depths[k] - 2 / 1000));
});

test('points of a higher rank come after all others, each rank from far to near', () => {
  const { xyz } = sample(500), lens = lensOf(HOME, { cx: 0, cy: 0, scale: 1 }, 0.25), ranks = Uint8Array.from({ length: 500 }, (_, i) => (i % 50 ? i % 2 : 7));
  const indices = Uint32Array.from({ length: 500 }, (_, i) => i), out = new Uint32Array(500);

  sortByDepth(indices, 500, rankedMeasure(depthMeasure(lens, xyz, xyz, 1), ranks), out);

  assert.deepEqual([...out].sort((a, b) => a - b), [...indices]);
  assert.deepEqual([...out].map((i) => ranks[i]), [...ranks].sort((a, b) => a - b));
  const depth = (i) => projectThrough(lens, xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2]).depth;
  [...out].slice(1).forEach((i, k) => assert.ok(ranks[i] > ranks[out[k]] || depth(i) >= depth(out[k]) - 2 / 100));
  sortByDepth(indices, 500, rankedMeasure((_, length, depths) => depths.fill(3, 0, length), ranks), out);
  assert.equal(ranks[out[499]], 7);
});

test('depth on the way between two projections is that of the mixed positions', () => {
  const lens = lensOf(HOME, { cx: 0, cy: 0, scale: 1 }, 0.25), from = Float32Array.of(0.2, 0.4, -0.6), to = Float32Array.of(0.6, -0.4, 0.2);
  const depths = new Float32Array(1);

  depthMeasure(lens, from, to, 0.25)(Uint32Array.of(0), 1, depths);

  assert.ok(Math.abs(depths[0] - projectThrough(lens, 0.3, 0.2, -0.4).depth) < 1e-6);
});

test('points of one depth keep the order they were given in', () => {
  const lens = lensOf(HOME, { cx: 0, cy: 0, scale: 1 }, 0.25), xyz = new Float32Array(12), out = new Uint32Array(4);

  sortByDepth(Uint32Array.of(2, 0, 3, 1), 4, depthMeasure(lens, xyz, xyz, 1), out);

  assert.deepEqual([...out], [2, 0, 3, 1]);
});

test('slow frames shrink the number of points, fast ones let it grow again, and a few are always drawn', () => {
  const pace = createPace({ goal: 30, start: 40000, least: 4000 });

  pace.learn(120, 40000);
  const shrunk = pace.budget();
  for (let k = 0; k < 40; k++) pace.learn(10, pace.budget());
  const grown = pace.budget();
  for (let k = 0; k < 40; k++) pace.learn(500, pace.budget());

  assert.ok(shrunk < 20000);
  assert.ok(grown > 100000);
  assert.equal(pace.budget(), 4000);
});

test('pauses, and fast frames of few points, say nothing about the pace', () => {
  const pace = createPace({ goal: 30, start: 40000 });

  pace.learn(5000, 40000);
  for (let k = 0; k < 10; k++) pace.learn(5, 300);

  assert.equal(pace.budget(), 40000);
});

test('size and opacity follow the table of the look, between its stops on a logarithmic scale', () => {
  assert.deepEqual([10, 100, 1e3, 6e3, 1e4, 1e5, 1e6, 1e7].map(style.pointDiameter), [9, 9, 6, 4.2, 3.6, 2, 1.2, 1.2]);
  assert.deepEqual([100, 1e3, 6e3, 1e4, 1e5, 1e6].map(style.pointOpacity), [1, 0.95, 0.9, 0.85, 0.6, 0.4]);
  assert.ok(Math.abs(style.pointDiameter(Math.sqrt(1e4 * 1e5)) - 2.8) < 1e-9);
  assert.equal(style.pointDiameter(0), 9);
});

test('few lit points are marked larger than many, and never smaller than can be seen', () => {
  const few = style.litMark(10, 4.2), many = style.litMark(2000, 4.2), dense = style.litMark(2000, 1.2);

  assert.ok(few.scale > 1.9 && few.scale <= 2);
  assert.equal(few.halo, 1.6);
  assert.ok(many.scale >= 1.3 - 1e-9 && many.scale < few.scale);
  assert.ok(Math.abs(many.halo - 0.6) < 1e-9);
  assert.ok(dense.scale * 1.2 > 3);
  assert.ok(Math.abs(style.litMark(10, 5).scale * 5 - 8) < 1e-9);
  assert.equal(style.litMark(10, 9).scale, 1.3);
});

test('near points are larger, far ones smaller, and flat pictures have neither', () => {
  assert.equal(style.farness(5), 0);
  assert.equal(style.farness(-5), 1);
  assert.equal(style.depthSize(0, 1), 1.25);
  assert.ok(Math.abs(style.depthSize(1, 1) - 0.8) < 1e-12);
  assert.equal(style.depthSize(1, 0), 1);
});

test('the diameter of a point follows its state, its form, its depth and the zoom', () => {
  const look = { diameter: 4, lit: Uint8Array.of(0, 1, 2, 0), shape: Uint8Array.of(0, 0, 0, 1) };
  const at = (i, far, more) => style.diameters({ style: look, lit: 10, zoom: 1, cue: 1, ...more })(i, far);

  assert.ok(at(0, 0) === 5 && Math.abs(at(0, 1) - 3.2) < 1e-9 && at(0, 1, { cue: 0 }) === 4);
  assert.ok(at(1, 0) < at(0, 0) && at(2, 0) === 10 && at(3, 0) > at(0, 0));
  assert.equal(at(0, 0, { zoom: 1e6 }), 15);
});
