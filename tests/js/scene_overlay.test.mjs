import test from 'node:test';
import assert from 'node:assert/strict';
import { load } from './load.mjs';

const { createOverlay } = await load('scene/overlay.js');

const THEME = { paper: '#fff', ink: '#000', ink3: '#666', line: '#ddd', accent: '#00f', font: 'sans-serif' };

/** A 2D context that keeps what is drawn. */
function recordingPen() {
  const drawn = { words: [], circles: [], lines: [], images: [] };
  const own = {
    measureText: (words) => ({ width: 7 * words.length }),
    fillText(words, x, y) { drawn.words.push({ words, x, y, font: pen.font, alpha: pen.globalAlpha ?? 1 }); },
    arc(x, y, radius) { drawn.circles.push({ x, y, radius, color: pen.fillStyle }); },
    moveTo(x, y) { drawn.lines.push({ from: [x, y], color: pen.strokeStyle }); },
    lineTo(x, y) { drawn.lines.at(-1).to = [x, y]; },
    drawImage(...given) { drawn.images.push(given); },
  };
  const pen = new Proxy(own, { get: (target, name) => (name in target ? target[name] : () => {}), set(target, name, value) { target[name] = value; return true; } });
  return { pen, drawn };
}

function layer() {
  const { pen, drawn } = recordingPen(), made = [];
  const ownerDocument = { createElement() { const next = layer(); made.push(next); return next.canvas; } };
  return { canvas: { width: 0, height: 0, getContext: () => pen, ownerDocument }, drawn, made };
}

const PLACES = [[100, 100, 0], [200, 150, 0.3], [300, 220, -0.3], [110, 104, 0]];

function rendererOf(places = PLACES, more = {}) {
  const count = places.length, at = (i) => (places[i] ? { x: places[i][0], y: places[i][1], depth: places[i][2], scale: 1 } : null);
  return { view: { width: 400, height: 300, cx: 200, cy: 150, scale: 100 }, camera: { yaw: 0.4, pitch: -0.3, zoom: 1, center: [0, 0, 0] }, flat: false, busy: false,
    place: at, radius: () => 2, project: (x, y) => ({ x: 200 + 100 * x, y: 150 - 100 * y, depth: 0, scale: 100 }), projectAll: () => Float32Array.from(places.flat()),
    mask: () => new Uint8Array(count).fill(1), litPoints: () => new Uint32Array(0), reach: () => [[-1, 1], [-1, 1], [-1, 1]], contentVersion: 1, stride: 1, ...more };
}

function paint(scene, renderer = rendererOf()) {
  const above = layer(), under = layer(), overlay = createOverlay({ canvas: above.canvas, underlay: under.canvas, pixelRatio: 1 });
  const result = overlay.paint({ renderer, theme: THEME, hue: (i) => `hue${i}`, label: (i) => `point ${i}`, triad: false, ...scene });
  return { drawn: above.drawn, under: under.drawn, result, overlay, above };
}

test('a selected point has an ink ring, its own hue in the middle and its name in bold', () => {
  const { drawn } = paint({ selected: [0] });

  assert.deepEqual(drawn.circles.map(({ color }) => color), ['#fff', '#000', '#fff', 'hue0']);
  assert.ok(drawn.circles.every(({ x, y }) => x === 100 && y === 100));
  assert.deepEqual(drawn.words.map(({ words }) => words), ['point 0']);
  assert.match(drawn.words[0].font, /^600 /);
});

test('marks of points that are drawn large are larger still', () => {
  const { drawn } = paint({ selected: [0], neighbors: [1] }, rendererOf(PLACES, { radius: () => 9 }));

  assert.deepEqual(drawn.circles.map(({ radius }) => radius), [10.6, 9, 15.5, 13.5, 11.5, 9]);
});

test('lines run from the selected point to each of its neighbors, but not past thirty', () => {
  const few = paint({ selected: [0], neighbors: Int32Array.of(1, 2), labels: false }).drawn.lines;
  const many = paint({ selected: [0], neighbors: Array.from({ length: 31 }, () => 1), labels: false }).drawn.lines.filter(({ to }) => to[0] === 200);

  assert.deepEqual(few.slice(0, 2).map(({ from, to }) => [...from, ...to]), [[100, 100, 200, 150], [100, 100, 300, 220]]);
  assert.equal(many.length, 0);
});

test('without labels only the selected point keeps its name', () => {
  const { drawn } = paint({ selected: [0], neighbors: [1, 2], named: [3], labels: false });

  assert.deepEqual(drawn.words.map(({ words }) => words), ['point 0']);
});

test('the hovered point has a smaller ring, and its name only when no card shows it', () => {
  const silent = paint({ hovered: 1 }).drawn, named = paint({ hovered: 1, hoverLabel: true }).drawn;

  assert.deepEqual(silent.circles.map(({ radius }) => radius), [11, 9, 7, 4.5]);
  assert.equal(silent.words.length, 0);
  assert.deepEqual(named.words.map(({ words }) => words), ['point 1']);
});

test('the keyboard’s point has a ring of the accent', () => {
  assert.ok(paint({ focused: 2 }).drawn.circles.some(({ color }) => color === '#00f'));
});

test('points that are nowhere on the screen get no mark and no label', () => {
  const { drawn } = paint({ selected: [9], hovered: 8, neighbors: [-1, 7] });

  assert.equal(drawn.circles.length + drawn.words.length + drawn.lines.length, 0);
});

test('no label lies on a panel', () => {
  const { drawn } = paint({ named: [0, 1, 2], reserved: [[0, 0, 400, 300]] });

  assert.equal(drawn.words.length, 0);
});

test('class names stand at the median of their points and grow smaller on small screens', () => {
  const classes = { codes: Uint8Array.of(0, 1, 1, 0), names: ['a', null] };

  const wide = paint({ classes }).drawn.words, narrow = paint({ classes, small: true }).drawn.words;

  assert.deepEqual(wide.map(({ words }) => words), ['a']);
  assert.match(wide[0].font, /^600 14px/);
  assert.match(narrow[0].font, /^600 12px/);
});

test('the name of a class that it would hide stands beside it, clear of the other small class as well', () => {
  const places = [...Array.from({ length: 20 }, () => [200, 150, 0]), ...Array.from({ length: 20 }, () => [204, 136, 0])];
  const codes = Uint8Array.from(places, (_, k) => (k < 20 ? 0 : 1));

  const { words } = paint({ classes: { codes, names: ['low heap', 'high heap'] } }, rendererOf(places)).drawn;

  assert.deepEqual(words.map((one) => one.words), ['low heap', 'high heap']);
  for (const { y } of words) for (const heap of [136, 150]) assert.ok(Math.abs(y - 4 - heap) >= 12);
});

test('labels at rest leave every point of a small embedding visible, that of the selected one comes first', () => {
  const places = [[100, 100, 0], [120, 100, 0], [140, 100, 0]], covers = ({ words, x, y }, at) => at[0] > x && at[0] < x + 7 * words.length && Math.abs(at[1] - y + 4) < 9;

  const resting = paint({ named: [0, 1, 2] }, rendererOf(places)).drawn.words, strong = paint({ selected: [0] }, rendererOf(places)).drawn.words;

  assert.ok(resting.length > 0);
  for (const word of resting) for (const at of places) assert.ok(!covers(word, at));
  assert.ok(covers(strong[0], places[2]));
});

test('named axes lie below the points with their names above, and a triad stands in elsewhere', () => {
  const named = paint({ axes: { names: ['PC 1, 31 %', 'PC 2, 17 %'] }, triad: true }), bare = paint({ triad: true });

  assert.equal(named.under.lines.length, 2);
  assert.deepEqual(named.drawn.words.map(({ words }) => words), ['PC 1, 31 %', 'PC 2, 17 %']);
  assert.equal(bare.drawn.lines.length, 3);
  assert.equal(paint({ triad: true }, rendererOf(PLACES, { flat: true })).drawn.lines.length, 0);
});

test('image tiles replace the front points, and keep their points while the picture moves', () => {
  const tiles = { width: 28, height: 28, place: () => ({ sheet: 0, x: 0, y: 0 }), sheets: [{ image: {} }] };
  const moved = PLACES.map(([x, y, depth]) => [x, y, -depth]);

  const { result, overlay, drawn } = paint({ tiles });
  const scene = { theme: THEME, hue: () => '#123', label: () => null, tiles };
  const moving = overlay.paint({ ...scene, renderer: rendererOf([...moved.slice(0, 3), [110, 104, 5]], { busy: true }) });
  const rested = overlay.paint({ ...scene, renderer: rendererOf([...moved.slice(0, 3), [101, 100, 5]]) });

  assert.deepEqual([...result.tiles].sort(), [0, 1, 2, 3]);
  assert.equal(drawn.images.length >= 4, true);
  assert.deepEqual([...moving.tiles].sort(), [0, 1, 2, 3]);
  assert.deepEqual([...rested.tiles].sort(), [1, 2, 3]);
});
