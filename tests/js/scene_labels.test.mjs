import test from 'node:test';
import assert from 'node:assert/strict';
import { load } from './load.mjs';

const { overlaps, placeLabel } = await load('scene/labels.js');
const { bulkBox, classMembers, classSpot, hidesClass, nameOpacity, placeName, shiftsBeside, shiftsOver } = await load('scene/class_names.js');
const { frontPoints, layTiles } = await load('scene/tiles.js');
const { axisLines } = await load('scene/axes.js');
const { shortened } = await load('scene/text.js');

const BOUNDS = { left: 0, top: 0, right: 400, bottom: 300 };

test('a label with room stands right of its mark, without a leader', () => {
  const taken = [], spot = placeLabel({ x: 100, y: 100, radius: 4 }, 50, taken, BOUNDS);

  assert.deepEqual(spot, { left: 110, middle: 100, leader: null });
  assert.equal(taken.length, 1);
});

test('labels of points at one place never overlap, and those without a free place are left out', () => {
  const taken = [], spots = Array.from({ length: 60 }, () => placeLabel({ x: 200, y: 150, radius: 4 }, 60, taken, BOUNDS));

  assert.ok(spots.filter(Boolean).length >= 5);
  assert.equal(spots.at(-1), null);
  taken.forEach((a, k) => taken.slice(k + 1).forEach((b) => assert.ok(!overlaps(a, b))));
});

test('a label that had to move away has a leader from the rim of its mark', () => {
  const blocked = [[80, 80, 40, 40]], spot = placeLabel({ x: 100, y: 100, radius: 4 }, 50, blocked, BOUNDS);

  assert.ok(spot.leader);
  const [x, y] = spot.leader;
  assert.ok(Math.abs(Math.hypot(x - 100, y - 100) - 4) < 1e-9);
});

test('labels stay inside the picture', () => {
  const spot = placeLabel({ x: 395, y: 100, radius: 4 }, 80, [], BOUNDS);

  assert.ok(spot.left + 80 <= BOUNDS.right && spot.left >= 0);
});

test('classes are sampled from drawn points, from lit ones alone when there are any, without unnamed classes', () => {
  const codes = Uint8Array.of(0, 0, 1, 1, 2, 2), names = ['a', 'b', null], mask = Uint8Array.of(1, 0, 1, 1, 1, 1);

  assert.deepEqual([...classMembers({ codes, names, mask, stride: 1 })], [[0, [0]], [1, [2, 3]]]);
  assert.deepEqual([...classMembers({ codes, names, mask: Uint8Array.of(1, 1, 1, 2, 1, 1), stride: 1 })], [[1, [3]]]);
  assert.deepEqual([...classMembers({ codes, names, mask, stride: 1, lit: new Set([0]) })], [[0, [0]]]);
});

test('the spot of a class is the median of its places and tells how much of the view it fills', () => {
  const places = [[10, 10], [20, 20], [30, 25], [390, 290], [25, 22]].map(([x, y]) => ({ x, y }));

  const spot = classSpot(places, BOUNDS);

  assert.deepEqual([spot.x, spot.y, spot.across, spot.down], [25, 22, 20, 15]);
  assert.ok(spot.share < 0.01);
  assert.equal(classSpot([{ x: 7, y: 8 }], BOUNDS).share, 0);
});

test('names fade out as a class fills the view', () => {
  assert.deepEqual([nameOpacity(0.2), nameOpacity(0.8)], [1, 0]);
  assert.ok(Math.abs(nameOpacity(0.6) - 0.5) < 1e-9);
});

test('a second name at one spot moves up or down, keeps its choice in the next frame, and a sixth is left out', () => {
  const taken = [], spot = { x: 100, y: 100 };

  const shifts = Array.from({ length: 6 }, () => {
    const at = placeName(spot, 60, shiftsOver(), taken, BOUNDS);
    if (at) taken.push(at.box);
    return at ? at.y - spot.y : null;
  });

  assert.deepEqual(shifts, [0, -20, 20, -40, 40, null]);
  assert.equal(placeName(spot, 60, shiftsOver(), [], BOUNDS, 20).y, 120);
  assert.equal(placeName({ x: -50, y: 100 }, 60, shiftsOver(), [], BOUNDS), null);
});

/** Places of a class: a disc of so many rings about (x, y). */
function disc(x, y, radius, rings = 8) {
  const polar = Array.from({ length: 12 * rings }, (_, k) => [(radius * (1 + (k % rings))) / rings, (2 * Math.PI * k) / (12 * rings)]);
  return polar.map(([far, angle]) => ({ x: x + far * Math.cos(angle), y: y + far * Math.sin(angle) }));
}

test('a name would hide a class that is smaller than it, and not one that stays visible around it', () => {
  const hides = (places) => hidesClass(classSpot(places, BOUNDS), 50, places, 4);

  assert.ok(hides(Array.from({ length: 50 }, () => ({ x: 200, y: 150 }))));
  assert.ok(hides(disc(200, 150, 14)));
  assert.ok(hides(Array.from({ length: 50 }, (_, k) => ({ x: 200, y: k % 2 ? 150 : 163 }))));
  assert.ok(!hides(disc(200, 150, 60)));
  assert.ok(!hides(Array.from({ length: 50 }, (_, k) => ({ x: 200, y: 150 + 3 * k }))));
});

test('a class that was hidden in the frame before counts as hidden for a little longer', () => {
  const hides = (places, before) => hidesClass(classSpot(places, BOUNDS), 50, places, 4, before);
  const edge = Array.from({ length: 160 }, (_, k) => disc(200, 150, 5 + k / 2)).find((places) => !hides(places, false));

  assert.ok(hides(edge, true));
  assert.ok(!hides(disc(200, 150, 90), true));
});

test('a name beside its class touches none of its points, nor those that lie off it, and stands at the nearest side', () => {
  const spot = { x: 200, y: 150 }, radius = 4, places = [...disc(200, 150, 14), { x: 210, y: 125 }, { x: 190, y: 178 }, { x: 200, y: 250 }];

  const shifts = shiftsBeside(spot, 50, places, radius), boxes = shifts.map((one) => placeName(spot, 50, [one], [], BOUNDS).box);

  for (const box of boxes) {
    for (const { x, y } of places) assert.ok(!overlaps(box, [x - radius, y - radius, 2 * radius, 2 * radius]));
  }
  assert.ok(shifts.length >= 2 && shifts[0].shift < 0 && shifts.every((one, k) => k === 0 || Math.abs(one.shift) >= Math.abs(shifts[k - 1].shift)));
  assert.ok(Math.abs(shifts[0].shift) <= 150 - 125 + 10 + radius + 2);
});

test('a name beside a heap goes above it, then below, then a little farther, and without a place it is left out', () => {
  const spot = { x: 200, y: 150 }, shifts = shiftsBeside(spot, 50, Array.from({ length: 9 }, () => spot), 4);
  const way = (taken, before) => (placeName(spot, 50, shifts, taken, BOUNDS, before)?.y ?? Infinity) - spot.y;
  const close = (from, height) => [180, from, 40, height];

  assert.equal(way([]), -15);
  assert.equal(way([close(140, 5)]), 15);
  assert.equal(way([close(140, 5), close(155, 5)]), -27);
  assert.equal(way([close(110, 80)]), Infinity);
  assert.equal(way([], 1), 15);
});

test('the bulk of a small class is the box of its points about the middle, without those far off', () => {
  const spot = { x: 200, y: 150 };

  assert.deepEqual(bulkBox(spot, 50, [spot, { x: 204, y: 160 }, { x: 200, y: 280 }], 3), [197, 147, 10, 16]);
});

test('a label stays clear of other points when they are given, and is left out where they lie all around', () => {
  const mark = { x: 100, y: 100, radius: 4 }, right = [[120, 96, 8, 8]];
  const around = Array.from({ length: 400 }, (_, k) => [10 * (k % 20), 10 * Math.floor(k / 20), 8, 8]);

  const spot = placeLabel(mark, 50, [], BOUNDS, right);

  assert.ok(spot && !overlaps([spot.left, spot.middle - 9, 50, 18], right[0]));
  assert.equal(placeLabel(mark, 50, [], BOUNDS, around), null);
});

test('each cell of the screen shows the image of its front point, of lit points only when there are any', () => {
  const screen = Float32Array.of(5, 5, 0.1, 9, 9, 0.7, 100, 100, 0, 500, 5, 0), mask = Uint8Array.of(1, 1, 1, 1);

  assert.deepEqual(frontPoints({ screen, mask, bounds: BOUNDS }), [1, 2]);
  assert.deepEqual(frontPoints({ screen, mask: Uint8Array.of(2, 1, 1, 1), bounds: BOUNDS }), [0]);
  assert.deepEqual(frontPoints({ screen, mask, bounds: BOUNDS, has: (i) => i !== 1 }), [0, 2]);
});

test('tiles are laid from far to near, larger when nearer, and not under panels', () => {
  const places = [{ x: 50, y: 50, depth: 0.8 }, { x: 90, y: 50, depth: -0.8 }, { x: 300, y: 200, depth: 0 }, null];
  const lay = (reserved, cue) => layTiles([0, 1, 2, 3], { place: (i) => places[i], reserved, cue });

  const tiles = lay([[290, 190, 60, 60]], 1);

  assert.deepEqual(tiles.map((tile) => tile.i), [1, 0]);
  assert.ok(tiles[0].size >= 24 && tiles[1].size <= 44 && tiles[0].size < tiles[1].size);
  assert.equal(new Set(lay([], 0).map((tile) => tile.size)).size, 1);
});

test('axes run through the zero of the data and as far as the cloud, and are left out when an end is not seen', () => {
  const reach = [[-1, 1], [-0.5, 0.25], [0, 0]], project = (x, y, z) => (z === 0 ? { x, y } : null);

  const lines = axisLines({ names: ['PC 1', 'PC 2', 'PC 3'], origin: [0.5, 0, 0] }, reach, project);

  assert.deepEqual(lines.map((line) => line.name), ['PC 1', 'PC 2']);
  assert.deepEqual([lines[0].low, lines[0].high], [{ x: -1, y: 0 }, { x: 1, y: 0 }]);
  assert.deepEqual([lines[1].low, lines[1].high], [{ x: 0.5, y: -0.5 }, { x: 0.5, y: 0.25 }]);
});

test('long labels are cut by characters, not inside one, and put on one line', () => {
  assert.equal(shortened('  a\n b\t c '), 'a b c');
  assert.equal([...shortened('🙂'.repeat(50))].length, 32);
  assert.ok(shortened('x'.repeat(99)).endsWith('…'));
});
