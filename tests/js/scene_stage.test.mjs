import test from 'node:test';
import assert from 'node:assert/strict';
import { load } from './load.mjs';

const { createStage } = await load('scene/stage.js');
const { createFlight, calm, cubicOut } = await load('scene/flight.js');
const { createRenderer } = await load('scene/renderer.js');
const { projectPoint } = await load('scene/camera.js');

const VIEW = { width: 800, height: 600, cx: 400, cy: 300, scale: 200 };

/** A window whose clock and frames are moved by hand. */
function handWindow() {
  let now = 1000, callbacks = [];
  return {
    document: { hidden: false },
    performance: { now: () => now },
    requestAnimationFrame(callback) { callbacks.push(callback); },
    setTimeout: () => 0,
    clearTimeout() {},
    frame(milliseconds = 16) {
      now += milliseconds;
      const due = callbacks;
      callbacks = [];
      due.forEach((callback) => callback(now));
    },
    get idle() { return callbacks.length === 0; },
  };
}

function recordingPainter(more = {}) {
  const painter = { kind: 'test', limit: Infinity, morphs: true, note: () => null, updates: [], frames: [], destroyed: false,
    update(content, changed) { painter.updates.push({ ...changed }); }, paint(frame) { painter.frames.push(frame); },
    destroy() { painter.destroyed = true; }, ...more };
  return painter;
}

const styleOf = (count, change = {}) => ({ rgba: new Uint8Array(4 * count).fill(255), diameter: 4, opacity: 1, paper: [250, 250, 248], ...change });

function stageWith(xyz, change) {
  const window = handWindow(), painter = recordingPainter(), stage = createStage(window, painter), count = xyz.length / 3;
  stage.setData({ count, stride: 1 });
  stage.setView(VIEW);
  stage.setPositions(Float32Array.from(xyz), false);
  stage.setStyle(styleOf(count, change));
  return { window, painter, stage };
}

test('many changes before a frame are painted once, and nothing is painted without a change', () => {
  const { window, painter } = stageWith([0, 0, 0, 0.5, 0, 0]);

  window.frame();
  window.frame();
  window.frame();

  assert.equal(painter.frames.length, 1);
  assert.equal(painter.frames[0].sorted.length, 2);
  assert.ok(window.idle);
});

test('places on the screen agree with the camera, and hidden or placeless points have none', () => {
  const rgba = new Uint8Array(12).fill(255);
  rgba[7] = 0;
  const { stage } = stageWith([0.3, -0.2, 0.4, 0, 0, 0, NaN, NaN, NaN], { rgba });

  const at = stage.place(0), expected = projectPoint(stage.camera, VIEW, false, ...[0.3, -0.2, 0.4].map(Math.fround));

  assert.ok(Math.hypot(at.x - expected.x, at.y - expected.y) < 1e-3);
  assert.equal(stage.place(1), null);
  assert.equal(stage.place(2), null);
  assert.deepEqual([...stage.mask()], [1, 0, 0]);
  assert.ok(Math.abs(stage.projectAll()[0] - at.x) < 1e-3);
});

test('a morph ends at the new positions and says so after the frame that shows them', async () => {
  const { window, stage, painter } = stageWith([0, 0, 0]);
  let arrived = false;
  window.frame();

  stage.setPositions(Float32Array.of(1, 0, 0), false, { morph: 600 }).then(() => { arrived = true; });
  window.frame(300);
  await null;
  const halfway = painter.frames.at(-1).mix;
  assert.equal(arrived, false);
  for (let k = 0; k < 4; k++) window.frame(150);
  await null;

  assert.ok(halfway > 0 && halfway < 1);
  assert.equal(painter.frames.at(-1).mix, 1);
  assert.equal(painter.frames.at(-1).moving, false);
  assert.equal(arrived, true);
});

test('a morph that is interrupted goes on from where the points are', () => {
  const { window, stage } = stageWith([0, 0, 0]);
  window.frame();
  stage.setPositions(Float32Array.of(1, 0.2, 0), false, { morph: 600 });
  window.frame(200);
  const before = stage.place(0);

  stage.setPositions(Float32Array.of(-1, 0, 0), false, { morph: 600 });

  const after = stage.place(0);
  assert.ok(Math.hypot(after.x - before.x, after.y - before.y) < 1e-3);
});

test('points that had no place before a morph appear at their new one', () => {
  const { window, stage } = stageWith([NaN, NaN, NaN, 0, 0, 0]);
  window.frame();

  stage.setPositions(Float32Array.of(0.5, 0, 0, 1, 0, 0), false, { morph: 600 });
  window.frame(100);

  assert.ok(Number.isFinite(stage.place(0).x));
});

test('while moving a sample is painted, and all points once it rests', () => {
  const count = 100000, window = handWindow(), painter = recordingPainter(), stage = createStage(window, painter);
  stage.setData({ count, stride: 61803 });
  stage.setView(VIEW);
  stage.setPositions(new Float32Array(3 * count), false);
  stage.setStyle(styleOf(count));
  window.frame();

  stage.moving(true);
  stage.setCamera({ ...stage.camera, yaw: 1 });
  window.frame();
  const moving = painter.frames.at(-1).sorted.length;
  stage.moving(false);
  window.frame();

  assert.ok(moving < count && moving > 1000);
  assert.equal(painter.frames.at(-1).sorted.length, count);
});

test('a camera set frame by frame counts as moving until it rests', () => {
  const { window, stage, painter } = stageWith([0, 0, 0]);
  window.frame();

  for (let k = 1; k < 5; k++) {
    stage.setCamera({ ...stage.camera, yaw: k });
    window.frame();
  }
  const turning = painter.frames.at(-1).moving;
  stage.requestOverlay();
  window.frame(400);

  assert.equal(turning, true);
  assert.equal(painter.frames.at(-1).moving, false);
});

test('an eased camera starts where it is, passes between and arrives', () => {
  const { window, stage, painter } = stageWith([0, 0, 0]);
  window.frame();

  stage.setCamera({ yaw: 2, pitch: 0, zoom: 4, center: [1, 0, 0] }, { ms: 400 });
  window.frame(100);
  const between = stage.camera;
  for (let k = 0; k < 4; k++) window.frame(100);

  assert.ok(between.zoom > 1 && between.zoom < 4);
  assert.equal(stage.camera.zoom, 4);
  assert.equal(painter.frames.at(-1).moving, false);
});

test('the drawn points are known before the first frame', () => {
  const { stage } = stageWith([0, 0, 0, NaN, NaN, NaN]);

  assert.equal(stage.content.order.plain.length, 1);
});

test('callbacks run in every frame, also when only the overlay asked for it', () => {
  const { window, stage, painter } = stageWith([0, 0, 0]);
  let called = 0;
  const stop = stage.onFrame(() => { called += 1; });
  window.frame();

  stage.requestOverlay();
  window.frame();
  stop();
  stage.requestOverlay();
  window.frame();

  assert.equal(called, 2);
  assert.equal(painter.frames.length, 1);
});

test('an exchanged painter gets everything anew and the old one is destroyed', () => {
  const { window, stage, painter } = stageWith([0, 0, 0]), next = recordingPainter();
  window.frame();

  stage.exchange(next);
  window.frame();

  assert.ok(painter.destroyed);
  assert.deepEqual(next.updates, [{ data: true, positions: true, style: true }]);
  assert.equal(next.frames[0].sorted.length, 1);
});

test('coordinates of the wrong number are refused', () => {
  const { stage } = stageWith([0, 0, 0]);

  assert.throws(() => stage.setPositions(new Float32Array(6), false), /Expected 3 coordinates, found 6/);
});

test('easings begin at 0, end at 1 and never turn back', () => {
  for (const ease of [calm, cubicOut]) {
    const values = Array.from({ length: 21 }, (_, k) => ease(k / 20));
    assert.ok(Math.abs(values[0]) < 1e-4 && Math.abs(values[20] - 1) < 1e-4);
    values.slice(1).forEach((value, k) => assert.ok(value >= values[k]));
  }
  const flight = createFlight(0, (a, b, t) => a + (b - a) * t, (t) => t);
  flight.set(10, 100, 0);
  assert.deepEqual([flight.at(-5), flight.at(50), flight.at(100), flight.flying(99), flight.flying(100)], [0, 5, 10, true, false]);
});

function fakeDocument(window, { webgl }) {
  const pen = { createImageData: (width, height) => ({ width, height, data: new Uint8ClampedArray(4 * width * height) }), putImageData() {} };
  const make = () => ({ style: {}, setAttribute() {}, append() {}, remove() {}, querySelector: () => null, clientWidth: 800, clientHeight: 600,
    getContext: (kind) => (kind === '2d' ? pen : webgl ? { getExtension: () => null } : null) });
  return { defaultView: window, createElement: make, container: make() };
}

test('without WebGL the picture is drawn on a canvas, and plotly is not even loaded', async () => {
  const window = handWindow(), document = fakeDocument(window, { webgl: false });
  let loaded = false;

  const renderer = await createRenderer({ container: document.container, wanted: 'webgl', document, pixelRatio: 1,
    loadPlotly: async () => { loaded = true; } });

  assert.equal(renderer.kind, 'canvas');
  assert.equal(renderer.note, 'Drawn without WebGL; turning may be slower.');
  assert.equal(loaded, false);
});

test('when plotly cannot be loaded or cannot plot, the picture is drawn on a canvas', async () => {
  const window = handWindow(), document = fakeDocument(window, { webgl: true });
  const broken = { newPlot: async () => { throw new Error('no'); }, purge() {} };

  for (const loadPlotly of [async () => { throw new Error('cut short'); }, async () => broken]) {
    const renderer = await createRenderer({ container: document.container, wanted: null, document, pixelRatio: 1, loadPlotly });
    assert.equal(renderer.kind, 'canvas');
  }
});

test('where plotly’s scene is not the one we know, its own trace is drawn', async () => {
  const window = handWindow(), document = fakeDocument(window, { webgl: true });
  const strange = { newPlot: async () => {}, purge() {}, relayout() {}, restyle() {} };

  const renderer = await createRenderer({ container: document.container, wanted: 'webgl', document, pixelRatio: 1, loadPlotly: async () => strange });

  assert.equal(renderer.kind, 'plotly');
  assert.equal(renderer.note, null);
});
