import test from 'node:test';
import assert from 'node:assert/strict';
import { load } from './load.mjs';

const { createPicker } = await load('scene/picking.js');

function screenOf(places) {
  return { screen: Float32Array.from(places.flatMap(([x, y, depth = 0]) => [x, y, depth])), count: places.length };
}

function picking(places, mask) {
  const { screen, count } = screenOf(places), picker = createPicker();
  picker.build(screen, mask ?? new Uint8Array(count).fill(1), count);
  return picker;
}

test('the closest point within the radius is found, as a search of all points finds it', () => {
  let state = 3;
  const random = () => { state = (state * 1103515245 + 12345) % 2147483648; return state / 2147483648; };
  const places = Array.from({ length: 400 }, () => [random() * 300, random() * 200, random()]), picker = picking(places);

  for (let tried = 0; tried < 300; tried++) {
    const x = random() * 340 - 20, y = random() * 240 - 20;
    const distances = places.map(([px, py]) => Math.hypot(Math.fround(px) - x, Math.fround(py) - y)), least = Math.min(...distances);
    const found = picker.nearest(x, y, 8);
    if (least > 8) assert.equal(found, -1);
    else assert.ok(distances[found] <= Math.min(8, least + 1));
  }
});

test('of points at one place the one nearer to the viewer is found, and a lit one before it', () => {
  const places = [[50, 50, 0.1], [50.2, 50, 0.9], [50, 50.3, 0.4]];

  assert.equal(picking(places).nearest(50, 50), 1);
  assert.equal(picking(places, Uint8Array.of(1, 1, 2)).nearest(50, 50), 2);
});

test('hidden points and points without a place are never found', () => {
  const picker = picking([[50, 50, 0], [NaN, NaN, NaN], [54, 50, 0]], Uint8Array.of(0, 1, 1));

  assert.equal(picker.nearest(50, 50), 2);
  assert.equal(picker.nearest(50, 50, 3), -1);
});

test('nothing is found before there are points, nor among none', () => {
  const picker = createPicker();

  assert.equal(picker.nearest(1, 1), -1);
  picker.build(new Float32Array(0), new Uint8Array(0), 0);
  assert.equal(picker.nearest(1, 1), -1);
  assert.equal(picker.inside([[0, 0], [9, 0], [9, 9]]).length, 0);
});

test('a polygon holds exactly the drawn points inside it, in ascending order', () => {
  const picker = picking([[84, 90], [5, 5], [15, 5], [5, 40], [12, 12]], Uint8Array.of(1, 1, 1, 1, 0));

  assert.deepEqual([...picker.inside([[0, 0], [20, 0], [20, 20], [0, 20]])], [1, 2]);
  assert.deepEqual([...picker.inside([[0, 0], [10, 0], [10, 10], [95, 95], [80, 95], [0, 10]])], [0, 1]);
});
