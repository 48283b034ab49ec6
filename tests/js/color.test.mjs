import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { load } from './load.mjs';
import { makeColumn } from './views_fixtures.mjs';

const { planClasses, toggleClass } = await load('color/categories.js');
const { colorAt, planScale } = await load('color/scale.js');
const { classOfPoint, hueOf, planColoring, pointStyle } = await load('color/coloring.js');
const { PALETTES, colorOf, hexOf } = await load('color/palette.js');

const words = { other: (n) => `other, ${n} values`, missing: 'missing' };
const valuesOf = (count) => ({ values: Array.from({ length: count }, (_, n) => `v${n}`), counts: Array.from({ length: count }, (_, n) => count - n), missing: 0 });

test('the page has the colors of the pictures drawn at build time', async () => {
  const shared = JSON.parse(await readFile(new URL('../../templates/palette.json', import.meta.url), 'utf8'));
  for (const theme of ['light', 'dark']) {
    for (const name of ['classes', 'sequential']) assert.deepEqual(PALETTES[theme][name].map(hexOf), shared[theme][name]);
    for (const name of ['paper', 'ink', 'edge', 'other']) assert.equal(hexOf(PALETTES[theme][name]), shared[theme][name]);
  }
});

test('ten classes are dots, the second ten rings in the same hues', () => {
  const { classes } = planClasses(valuesOf(20), words);
  assert.deepEqual(classes.map((one) => one.mark), [...Array(10).fill('dot'), ...Array(10).fill('ring')]);
  assert.equal(classes[12].hue, classes[2].hue);
});

test('over twenty classes the nineteen most frequent are named and the rest is other', () => {
  const { classes, classOf } = planClasses({ ...valuesOf(30), missing: 4 }, words);
  assert.equal(classes.length, 21);
  assert.deepEqual([classes[19].name, classes[19].key, classes[19].count], ['other, 11 values', true, 66]);
  assert.deepEqual([classes[20].name, classes[20].key, classes[20].count], ['missing', null, 4]);
  assert.deepEqual([classOf(0), classOf(19), classOf(29), classOf(30)], [0, 19, 19, 20]);
});

test('a click in the legend shows a class alone, a second click shows all', () => {
  const { classes } = planClasses(valuesOf(3), words);
  assert.deepEqual(toggleClass(classes, [], 'v1', false), ['v0', 'v2']);
  assert.deepEqual(toggleClass(classes, ['v0', 'v2'], 'v1', false), []);
  assert.deepEqual(toggleClass(classes, ['v0', 'v2'], 'v0', false), ['v1', 'v2']);
});

test('a click with Ctrl adds a class to those shown, or takes it out, and never leaves none', () => {
  const { classes } = planClasses(valuesOf(3), words);
  assert.deepEqual(toggleClass(classes, ['v0', 'v2'], 'v2', true), ['v0']);
  assert.deepEqual(toggleClass(classes, [], 'v2', true), ['v2']);
  assert.deepEqual(toggleClass(classes, ['v0', 'v2'], 'v1', true), []);
});

test('a scale is linear until its positive values span more than three powers of ten', () => {
  assert.deepEqual([planScale([0, 5, 10]).log, planScale([0.01, 11]).log, planScale([-5, 0.001, 100]).log], [false, true, false]);
  const scale = planScale([0, 1, 10000]);
  assert.deepEqual([scale.low, scale.high, scale.place(0), scale.place(1), scale.place(100), scale.place(10000)], [1, 10000, 0, 0, 0.5, 1]);
});

test('a scale of one value stands in the middle, of none there is no scale', () => {
  assert.equal(planScale([3, 3, NaN]).place(3), 0.5);
  assert.equal(planScale([NaN, Infinity]), null);
  assert.ok(Number.isNaN(planScale([1, 2]).place(NaN)));
});

test('colors between two stops are mixed', () => {
  const stops = [[0, 0, 0], [100, 100, 100], [200, 0, 0]];
  assert.deepEqual([colorAt(stops, 0), colorAt(stops, 0.25), colorAt(stops, 1), colorAt(stops, 2)], [[0, 0, 0], [50, 50, 50], [200, 0, 0], [200, 0, 0]]);
});

test('points of a category take the hue of their class, missing ones the edge', () => {
  const column = makeColumn({ kind: 'category', cells: ['b', 'a', 'a', null] });
  const coloring = planColoring('kind', column, { rows: 4, finite: 4 });
  assert.deepEqual([0, 1, 2, 3].map((i) => classOfPoint(coloring, i)), [1, 0, 0, 2]);
  const hue = hueOf(coloring, 'light');
  assert.deepEqual([hue(1), hue(3)], [PALETTES.light.classes[0], PALETTES.light.edge]);
  const style = pointStyle({ coloring, theme: 'dark', count: 4, visible: Uint8Array.from([1, 1, 0, 1]), lit: null });
  assert.deepEqual([...style.rgba.subarray(4, 8)], [...PALETTES.dark.classes[0], 255]);
  assert.equal(style.rgba[11], 0);
  assert.deepEqual([...style.shape], [0, 0, 0, 2]);
});

test('points of a number column are placed on the scale, and missing ones have a class of their own', () => {
  const coloring = planColoring('ink', makeColumn({ kind: 'number', cells: ['0', '10', null] }), { rows: 3, finite: 3 });
  const hue = hueOf(coloring, 'light');
  assert.deepEqual([hue(0), hue(1), hue(2)], [PALETTES.light.sequential[0], PALETTES.light.sequential[6], PALETTES.light.edge]);
  assert.deepEqual(coloring.classes.map((one) => [one.key, one.count]), [[null, 1]]);
  assert.deepEqual([classOfPoint(coloring, 0), classOfPoint(coloring, 2)], [-1, 0]);
});

test('without a column all points have one color', () => {
  const coloring = planColoring(null, null, { rows: 2, finite: 2 });
  assert.deepEqual(hueOf(coloring, 'light')(1), colorOf('#0951a9'));
  assert.equal(classOfPoint(coloring, 0), -1);
});
