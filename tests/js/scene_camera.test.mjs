import test from 'node:test';
import assert from 'node:assert/strict';
import { load } from './load.mjs';

const { clipMatrix, DISTANCE, fitHome, HOME, HOME_FLAT, lensOf, nearnessOf, projectAll, projectPoint } = await load('scene/camera.js');
const { focusOn, mixCameras, pan, sameCamera, turn, zoomAt, ZOOM_LIMITS } = await load('scene/camera_moves.js');
const { measureFrame, normalizePositions } = await load('scene/normalize.js');

const VIEW = { width: 1000, height: 600, cx: 420, cy: 310, scale: 250 };
const CAMERAS = [HOME, { yaw: 2.1, pitch: 0.8, zoom: 1.7, center: [0.2, -0.3, 0.1] }, { yaw: -0.4, pitch: -1.4, zoom: 0.6, center: [0, 0.5, -0.2] }];
const POINTS = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [-0.7, 0.4, -0.9], [0.3, -0.8, 0.5]];

const near = (found, expected, slack = 1e-9) => assert.ok(Math.abs(found - expected) <= slack, `${found} is not ${expected}`);

test('the center of the camera lies in the middle of the free rectangle', () => {
  for (const camera of CAMERAS) {
    const at = projectPoint(camera, VIEW, false, ...camera.center);

    near(at.x, VIEW.cx);
    near(at.y, VIEW.cy);
    near(at.depth, 0);
    near(at.scale, VIEW.scale * camera.zoom);
  }
});

test('without turning, x runs right, y runs up and z runs toward the viewer', () => {
  const camera = { yaw: 0, pitch: 0, zoom: 1, center: [0, 0, 0] };

  assert.ok(projectPoint(camera, VIEW, false, 1, 0, 0).x > VIEW.cx);
  assert.ok(projectPoint(camera, VIEW, false, 0, 1, 0).y < VIEW.cy);
  near(projectPoint(camera, VIEW, false, 0, 0, 1).depth, 1);
});

test('a pinhole enlarges what is nearer by the share of the distance that is left', () => {
  const camera = { yaw: 0, pitch: 0, zoom: 1, center: [0, 0, 0] };

  near(projectPoint(camera, VIEW, false, 0.5, 0, 1).x - VIEW.cx, 0.5 * VIEW.scale / (1 - 1 / DISTANCE));
  near(projectPoint(camera, VIEW, true, 0.5, 0, 1).x - VIEW.cx, 0.5 * VIEW.scale);
});

test('points at and behind the eye and points without a place are nowhere', () => {
  const camera = { yaw: 0, pitch: 0, zoom: 1, center: [0, 0, 0] };

  assert.equal(projectPoint(camera, VIEW, false, 0, 0, DISTANCE), null);
  assert.equal(projectPoint(camera, VIEW, false, 0, 0, 9), null);
  assert.equal(projectPoint(camera, VIEW, false, NaN, 0, 0), null);
  assert.deepEqual([...projectAll(camera, VIEW, false, Float32Array.of(0, 0, 9, NaN, NaN, NaN))].map(Number.isNaN), Array(6).fill(true));
});

test('projecting all points agrees with projecting each', () => {
  for (const camera of CAMERAS) {
    for (const flat of [false, true]) {
      const all = projectAll(camera, VIEW, flat, Float32Array.from(POINTS.flat()));
      POINTS.forEach((point, i) => {
        const one = projectPoint(camera, VIEW, flat, ...point.map(Math.fround));
        near(all[3 * i], one.x, 1e-3);
        near(all[3 * i + 1], one.y, 1e-3);
        near(all[3 * i + 2], one.depth, 1e-5);
      });
    }
  }
});

test('the matrix for the graphics card puts every point on the same pixel', () => {
  for (const camera of CAMERAS) {
    for (const flat of [false, true]) {
      const m = clipMatrix(lensOf(camera, VIEW, nearnessOf(flat)), VIEW);
      for (const point of POINTS) {
        const [x, y, , w] = [0, 1, 2, 3].map((r) => m[r] * point[0] + m[4 + r] * point[1] + m[8 + r] * point[2] + m[12 + r]);
        const at = projectPoint(camera, VIEW, flat, ...point);
        near((x / w + 1) / 2 * VIEW.width, at.x, 1e-3);
        near((1 - y / w) / 2 * VIEW.height, at.y, 1e-3);
      }
    }
  }
});

test('the home view fits the frame of a projection into the free rectangle', () => {
  const wide = fitHome({ halfWidth: 2, halfHeight: 1 }, { left: 100, top: 50, right: 900, bottom: 650 });
  const tall = fitHome({ halfWidth: 1, halfHeight: 3 }, { left: 100, top: 50, right: 900, bottom: 650 });

  assert.deepEqual(wide, { cx: 500, cy: 350, scale: 200 });
  assert.equal(tall.scale, 100);
});

test('turning by the pixels of a drag never tilts past the poles', () => {
  const turned = turn(HOME, 100, 50), far = turn(HOME, 0, -1e5);

  near(turned.yaw, HOME.yaw + 0.6);
  near(turned.pitch, HOME.pitch - 0.3);
  assert.equal(far.pitch, 1.5);
  assert.deepEqual(HOME.center, [0, 0, 0]);
});

test('panning moves what lies at the depth of the center with the pointer', () => {
  for (const camera of CAMERAS) {
    const before = projectPoint(camera, VIEW, false, ...camera.center);
    const after = projectPoint(pan(camera, VIEW, 40, -25), VIEW, false, ...camera.center);

    near(after.x - before.x, 40, 1e-6);
    near(after.y - before.y, -25, 1e-6);
  }
});

test('zooming keeps the spot under the pointer and stops at its limits', () => {
  for (const camera of CAMERAS) {
    const held = pan(camera, VIEW, VIEW.cx - 600, VIEW.cy - 200).center;
    const at = projectPoint(zoomAt(camera, VIEW, 2, 600, 200), VIEW, false, ...held);

    near(at.x, 600, 1e-6);
    near(at.y, 200, 1e-6);
  }
  assert.equal(zoomAt(HOME, VIEW, 1e9).zoom, ZOOM_LIMITS[1]);
  assert.equal(zoomAt(HOME, VIEW, 1e-9).zoom, ZOOM_LIMITS[0]);
});

test('mixing cameras begins and ends where it should, and equal cameras are told from different ones', () => {
  const [a, b] = [CAMERAS[1], focusOn(CAMERAS[2], [1, 1, 1], 4)];

  assert.ok(sameCamera(mixCameras(a, b, 0), a));
  assert.ok(sameCamera(mixCameras(a, b, 1), b));
  assert.ok(!sameCamera(a, b));
  near(mixCameras({ ...a, zoom: 1 }, { ...b, zoom: 4 }, 0.5).zoom, 2);
});

test('normalising keeps the aspect, centers every axis and leaves incomplete rows without a place', () => {
  const values = Float32Array.of(10, 0, 0, 30, 4, 2, 20, NaN, 1, 20, 2, 1);
  const { xyz, mid, half, flat } = normalizePositions({ values, dims: 3 });

  assert.deepEqual(mid, [20, 2, 1]);
  assert.equal(half, 10);
  assert.equal(flat, false);
  assert.deepEqual([...xyz.subarray(0, 6)].map((v) => +v.toFixed(6)), [-1, -0.2, -0.1, 1, 0.2, 0.1]);
  assert.ok([...xyz.subarray(6, 9)].every(Number.isNaN));
});

test('two components make a flat picture with z = 0, and any components can be chosen', () => {
  const values = Float32Array.of(0, 5, 1, 9, 5, 3), { xyz, flat } = normalizePositions({ values, dims: 3, components: [2, 0] });

  assert.equal(flat, true);
  assert.deepEqual([...xyz].map((v) => +v.toFixed(4)), [-0.2222, -1, 0, 0.2222, 1, 0]);
});

test('points that all coincide, or none at all, still have a size', () => {
  assert.equal(normalizePositions({ values: Float32Array.of(3, 3, 3, 3, 3, 3), dims: 3 }).half, 1);
  assert.deepEqual(measureFrame(Float32Array.of(NaN, NaN, NaN), false), { halfWidth: 1, halfHeight: 1 });
});

test('the measured frame holds every point of the home view', () => {
  const xyz = Float32Array.from(POINTS.flat()), frame = measureFrame(xyz, false);
  const { cx, cy, scale } = fitHome(frame, { left: 0, top: 0, right: 800, bottom: 600 });
  const screen = projectAll(HOME, { width: 800, height: 600, cx, cy, scale }, false, xyz);

  for (let k = 0; k < screen.length; k += 3) {
    assert.ok(screen[k] > -0.01 && screen[k] < 800.01 && screen[k + 1] > -0.01 && screen[k + 1] < 600.01);
  }
  assert.deepEqual(measureFrame(Float32Array.of(0.5, -0.25, 0), true), { halfWidth: 0.5, halfHeight: 0.25 });
  assert.equal(HOME_FLAT.yaw, 0);
});
