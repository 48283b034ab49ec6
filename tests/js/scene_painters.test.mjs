import test from 'node:test';
import assert from 'node:assert/strict';
import { load } from './load.mjs';

const { paintPoint } = await load('scene/raster.js');
const { createCanvasPoints } = await load('scene/canvas_points.js');
const { plotlyBox, PLOTLY_LIMIT, sampleOf } = await load('scene/plotly_points.js');
const { plotlyCamera, RANGE } = await load('scene/plotly_layout.js');
const { HOME, lensOf, nearnessOf, projectPoint, projectThrough } = await load('scene/camera.js');

const blank = (width, height) => ({ width, height, data: new Uint8ClampedArray(4 * width * height) });

function centroid({ width, data }) {
  let sum = 0, x = 0, y = 0;
  for (let k = 3; k < data.length; k += 4) {
    const pixel = (k - 3) / 4;
    sum += data[k];
    x += data[k] * (pixel % width + 0.5);
    y += data[k] * (Math.floor(pixel / width) + 0.5);
  }
  return { x: x / sum, y: y / sum, area: sum / 255 };
}

test('a painted point has its center, its area and its color', () => {
  const image = blank(20, 20);

  paintPoint(image, 8.3, 11.6, 3, [10, 20, 30], 1);

  const { x, y, area } = centroid(image);
  assert.ok(Math.abs(x - 8.3) < 0.05 && Math.abs(y - 11.6) < 0.05);
  assert.ok(Math.abs(area - Math.PI * 9) < 1.5);
  assert.deepEqual([...image.data.subarray(4 * (11 * 20 + 8), 4 * (11 * 20 + 8) + 4)], [10, 20, 30, 255]);
});

test('a ring is empty in its middle, and points at the rim of the picture are cut', () => {
  const image = blank(20, 20);

  paintPoint(image, 10, 10, 5, [0, 0, 0], 1, 1.5);
  paintPoint(image, 0, 0, 4, [0, 0, 0], 1);

  assert.equal(image.data[4 * (10 * 20 + 10) + 3], 0);
  assert.ok(image.data[4 * (10 * 20 + 14) + 3] > 230);
  assert.equal(image.data[3], 255);
});

test('a half transparent point over another mixes both colors', () => {
  const image = blank(9, 9);

  paintPoint(image, 4.5, 4.5, 3, [200, 0, 0], 1);
  paintPoint(image, 4.5, 4.5, 3, [0, 100, 0], 0.5);

  const [r, g, , a] = image.data.subarray(4 * (4 * 9 + 4), 4 * (4 * 9 + 4) + 4);
  assert.deepEqual([r, g, a], [100, 50, 255]);
});

function paintOnCanvas({ xyz, rgba, lit = null, shape = null, sorted, ratio = 1 }) {
  let painted = null;
  const pen = { createImageData: blank, putImageData(image) { painted = image; } };
  const canvas = { style: {}, setAttribute() {}, remove() {}, getContext: () => pen };
  const painter = createCanvasPoints({ container: { append() {} }, document: { createElement: () => canvas }, pixelRatio: ratio });
  const view = { width: 200, height: 120, cx: 100, cy: 60, scale: 40 }, camera = HOME, to = Float32Array.from(xyz);
  const style = { rgba: Uint8Array.from(rgba), lit, shape, diameter: 6, opacity: 1, paper: [255, 255, 255] };
  painter.update({ count: to.length / 3, from: to, to, style, order: { lit: { length: 1 } } });
  painter.paint({ lens: lensOf(camera, view, nearnessOf(false)), camera, view, mix: 1, cue: 1, sorted: Uint32Array.from(sorted) });
  return { painted, at: (i) => projectPoint(camera, view, false, to[3 * i], to[3 * i + 1], to[3 * i + 2]) };
}

test('the canvas paints a point where the camera says, at any pixel ratio', () => {
  for (const ratio of [1, 2]) {
    const { painted, at } = paintOnCanvas({ xyz: [0.7, -0.4, 0.3], rgba: [200, 30, 40, 255], sorted: [0], ratio });

    const found = centroid(painted);
    assert.equal(painted.width, 200 * ratio);
    assert.ok(Math.abs(found.x / ratio - at(0).x) < 0.1 && Math.abs(found.y / ratio - at(0).y) < 0.1);
  }
});

test('later points cover earlier ones, and a lit point has a halo of paper', () => {
  const rgba = [200, 0, 0, 255, 0, 0, 200, 255], xyz = [0, 0, 0, 0, 0, 0];
  const { painted } = paintOnCanvas({ xyz, rgba, lit: Uint8Array.of(0, 2), sorted: [0, 1] });
  const pixel = (x, y) => [...painted.data.subarray(4 * (y * 200 + x), 4 * (y * 200 + x) + 3)];

  assert.deepEqual(pixel(100, 60), [0, 0, 200]);
  const row = Array.from({ length: 20 }, (_, k) => pixel(100 + k, 60).join());
  assert.ok(row.includes('255,255,255'));
});

test('dimmed points are paler than normal ones', () => {
  const lightness = (lit) => {
    const { painted } = paintOnCanvas({ xyz: [0, 0, 0], rgba: [9, 81, 169, 255], lit: Uint8Array.of(lit), sorted: [0] });
    return painted.data[4 * (60 * 200 + 100)];
  };

  assert.ok(lightness(1) > lightness(0) + 80);
});

test('plotly’s own camera formula puts points where our lens says, with the eye at its own distance', () => {
  const view = { width: 900, height: 500, cx: 560, cy: 230, scale: 210 }, camera = { yaw: 0.9, pitch: -0.5, zoom: 1.6, center: [0.1, 0.2, -0.3] };
  const box = plotlyBox(view), distance = box.focal / (view.scale * camera.zoom), lens = lensOf(camera, view, 1 / distance);
  const { eye, center, up } = plotlyCamera(lens, distance), unit = 1 / (2 * RANGE);
  const list = ({ x, y, z }) => [x, y, z], minus = (a, b) => a.map((v, k) => v - b[k]), dot = (a, b) => a.reduce((s, v, k) => s + v * b[k], 0);
  const cross = ([a, b, c], [d, e, f]) => [b * f - c * e, c * d - a * f, a * e - b * d], norm = (a) => a.map((v) => v / Math.hypot(...a));
  const back = norm(minus(list(eye), list(center))), right = norm(cross(list(up), back)), top = cross(back, right);

  for (const point of [[0.4, 0.5, -0.6], [-0.9, 0.1, 0.2], [0, 0, 0]]) {
    const seen = minus(point.map((v) => v * unit), list(eye)), focal = box.height / 2 / Math.tan(Math.PI / 8);
    const x = box.left + box.width / 2 - focal * dot(seen, right) / dot(seen, back);
    const y = box.top + box.height / 2 + focal * dot(seen, top) / dot(seen, back);
    const ours = projectThrough(lens, ...point);
    assert.ok(Math.hypot(x - ours.x, y - ours.y) < 1e-6);
  }
});

test('plotly’s box is centered on the free rectangle and covers the whole container', () => {
  const view = { width: 900, height: 500, cx: 560, cy: 230, scale: 210 }, box = plotlyBox(view);

  assert.deepEqual([box.left + box.width / 2, box.top + box.height / 2], [560, 230]);
  assert.ok(box.left <= 0 && box.top <= 0 && box.left + box.width >= 900 && box.top + box.height >= 500);
});

test('plotly’s trace gets all lit points first and a fair share of the others, never more than its limit', () => {
  const list = (from, length) => Uint32Array.from({ length }, (_, k) => from + k);
  const order = { ground: list(0, 1000), plain: list(1000, 49000), lit: list(50000, 300) }, sample = sampleOf(order, PLOTLY_LIMIT);

  assert.ok(sample.length <= PLOTLY_LIMIT && sample.length > PLOTLY_LIMIT - 3);
  assert.equal(sample.filter((i) => i >= 50000).length, 300);
  assert.ok(sample.filter((i) => i < 1000).length > 350);
  assert.equal(sampleOf({ ground: list(0, 2), plain: list(2, 3), lit: list(5, 1) }, PLOTLY_LIMIT).length, 6);
});
