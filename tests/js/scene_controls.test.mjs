import test from 'node:test';
import assert from 'node:assert/strict';
import { load } from './load.mjs';

const { createControls, pinch, wheelFactor } = await load('scene/controls.js');
const { HOME, homeCamera, projectPoint } = await load('scene/camera.js');

const VIEW = { width: 800, height: 600, cx: 400, cy: 300, scale: 200 };

function setUp({ flat = false } = {}) {
  const element = new EventTarget(), told = [];
  Object.assign(element, { style: {}, getBoundingClientRect: () => ({ left: 10, top: 20 }), setPointerCapture() {} });
  const hand = { camera: homeCamera(flat), told, element };
  hand.controls = createControls({ element, getCamera: () => hand.camera, setCamera: (camera) => { hand.camera = camera; },
    getView: () => VIEW, isFlat: () => flat, onHover: (x, y) => told.push(['hover', x, y]), onLeave: () => told.push(['leave']),
    onTap: (x, y) => told.push(['tap', x, y]), onMoveStart: () => told.push(['start']), onMoveEnd: () => told.push(['end']) });
  hand.send = (type, x, y, more = {}) => {
    const event = Object.assign(new Event(type, { cancelable: true }), { clientX: x + 10, clientY: y + 20, pointerId: 1, pointerType: 'mouse', button: 0, ...more });
    element.dispatchEvent(event);
    return event;
  };
  return hand;
}

test('dragging turns the picture, between a start and an end of moving', () => {
  const hand = setUp();

  hand.send('pointerdown', 100, 100);
  hand.send('pointermove', 150, 100);
  hand.send('pointermove', 200, 100);
  hand.send('pointerup', 200, 100);

  assert.ok(Math.abs(hand.camera.yaw - (HOME.yaw + 100 * 0.006)) < 1e-9);
  assert.deepEqual(hand.told, [['leave'], ['start'], ['end']]);
});

test('pressing and releasing in one place is a tap and moves nothing', () => {
  const hand = setUp();

  hand.send('pointerdown', 100, 100);
  hand.send('pointermove', 102, 101);
  hand.send('pointerup', 102, 101);

  assert.deepEqual(hand.told, [['tap', 100, 100]]);
  assert.deepEqual(hand.camera, homeCamera(false));
});

test('moving without a button points, but a finger never does', () => {
  const hand = setUp();

  hand.send('pointermove', 30, 40);
  hand.send('pointermove', 31, 40, { pointerType: 'touch' });
  hand.send('pointerleave', 0, 0);

  assert.deepEqual(hand.told, [['hover', 30, 40], ['leave']]);
});

test('the right button, Shift, and any drag in a flat picture pan', () => {
  for (const [flat, more] of [[false, { button: 2 }], [false, { shiftKey: true }], [true, {}]]) {
    const hand = setUp({ flat }), spot = projectPoint(hand.camera, VIEW, flat, 0, 0, 0);

    hand.send('pointerdown', 100, 100, more);
    hand.send('pointermove', 140, 70, more);
    hand.send('pointerup', 140, 70, more);

    const moved = projectPoint({ ...hand.camera }, VIEW, flat, 0, 0, 0);
    assert.equal(hand.camera.yaw, homeCamera(flat).yaw);
    assert.ok(moved.x - spot.x > 30 && moved.y - spot.y < -20);
  }
});

test('a second button or a cancelled press is not a tap', () => {
  const hand = setUp();

  hand.send('pointerdown', 100, 100, { button: 2 });
  hand.send('pointerup', 100, 100, { button: 2 });
  hand.send('pointerdown', 100, 100);
  hand.send('pointercancel', 100, 100);

  assert.deepEqual(hand.told, []);
});

test('the wheel zooms at the pointer, keeps the page from scrolling and rests a little later', async () => {
  const hand = setUp();

  const event = hand.send('wheel', 500, 300, { deltaY: -240, deltaMode: 0, ctrlKey: false });

  assert.ok(event.defaultPrevented);
  assert.ok(hand.camera.zoom > 1.2);
  assert.deepEqual(hand.told, [['start']]);
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.deepEqual(hand.told, [['start'], ['end']]);
});

test('two fingers zoom and pan, without turning or tapping', () => {
  const hand = setUp(), finger = (id) => ({ pointerId: id, pointerType: 'touch' });

  hand.send('pointerdown', 300, 300, finger(1));
  hand.send('pointerdown', 400, 300, finger(2));
  hand.send('pointermove', 250, 300, finger(1));
  hand.send('pointermove', 450, 300, finger(2));
  hand.send('pointerup', 250, 300, finger(1));
  hand.send('pointerup', 450, 300, finger(2));

  assert.ok(Math.abs(hand.camera.zoom - 2) < 1e-9);
  assert.equal(hand.camera.yaw, HOME.yaw);
  assert.deepEqual(hand.told, [['start'], ['end']]);
});

test('fingers hold the places of the picture that they touch', () => {
  const before = [{ x: 300, y: 280 }, { x: 420, y: 360 }], after = [{ x: 260, y: 300 }, { x: 500, y: 460 }];
  const camera = pinch({ yaw: 0, pitch: 0, zoom: 1, center: [0, 0, 0] }, VIEW, before, after);

  before.forEach(({ x, y }, k) => {
    const at = projectPoint(camera, VIEW, true, (x - VIEW.cx) / VIEW.scale, (VIEW.cy - y) / VIEW.scale, 0);
    assert.ok(Math.hypot(at.x - after[k].x, at.y - after[k].y) < 1e-6);
  });
});

test('wheel steps in lines and pages, and pinches on a trackpad, have a sensible size', () => {
  const factor = (more) => wheelFactor({ deltaY: 3, deltaMode: 0, ctrlKey: false, ...more });

  assert.ok(factor({}) < 1 && factor({ deltaY: -3 }) > 1);
  assert.equal(factor({ deltaMode: 1 }), factor({ deltaY: 48 }));
  assert.equal(factor({ deltaMode: 2 }), factor({ deltaY: 400 }));
  assert.ok(factor({ ctrlKey: true }) < factor({}));
});

test('destroyed controls listen no more', () => {
  const hand = setUp();

  hand.controls.destroy();
  hand.send('pointermove', 30, 40);

  assert.deepEqual(hand.told, []);
});
