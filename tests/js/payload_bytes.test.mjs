import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { load } from './load.mjs';

const { ByteReader, fromBase64, inflate, unzigzag } = await load('payload/bytes.js');
const { decodeOrder } = await load('payload/order.js');
const { decodeCoordinates } = await load('payload/coordinates.js');
const { decodeTexts, joinTexts, textAt } = await load('payload/text.js');
const { decodeColumn } = await load('payload/column.js');
const { decodeDistances, decodeOffsets, decodePositions } = await load('payload/neighbors.js');
const { numberTiles, openThumbnails, placeOf } = await load('payload/thumbnails.js');

const reader = (...bytes) => new ByteReader(Uint8Array.from(bytes.flat()));
const utf8 = (text) => [...new TextEncoder().encode(text)];

test('base64 and inflate give back what was packed', async () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7) % 251);
  const text = deflateRawSync(bytes).toString('base64');
  assert.deepEqual(await inflate(fromBase64(text)), bytes);
});

test('inflate refuses bytes that are no deflate stream', async () => {
  await assert.rejects(inflate(Uint8Array.from([255, 255, 255, 255])));
});

test('integers come from byte planes, lowest bytes first, up to four bytes', () => {
  assert.deepEqual([...reader(1, 2, 1, 0).integers(2, 2)], [257, 2]);
  assert.deepEqual([...reader(255, 255, 255, 255).integers(1, 4)], [4294967295]);
  assert.deepEqual([...reader().integers(0, 1)], []);
});

test('reading past the end of a block is refused', () => {
  assert.throws(() => reader(1, 2, 3).integers(2, 2), /shorter than its description/);
  assert.throws(() => reader(1).take(-1), /shorter/);
  assert.throws(() => reader(1, 2).integers(1, 5), /unknown width/);
});

test('zigzag comes back to signed numbers', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 4294967295].map(unzigzag), [0, -1, 1, -2, 2, -2147483648]);
});

test('a row order is read plain and as differences, with its inverse', () => {
  const plain = decodeOrder(reader(2, 0, 1), 3, { width: 1, delta: false });
  assert.deepEqual([...plain.rowOf], [2, 0, 1]);
  assert.deepEqual([...plain.indexOf], [1, 2, 0]);
  assert.deepEqual([...decodeOrder(reader(4, 3, 2), 3, { width: 1, delta: true }).rowOf], [2, 0, 1]);
});

test('a row order that names a row twice or past the end is refused', () => {
  assert.throws(() => decodeOrder(reader(0, 0), 2, { width: 1, delta: false }), /row order is damaged/);
  assert.throws(() => decodeOrder(reader(0, 2), 2, { width: 1, delta: false }), /row order is damaged/);
});

test('coordinates are interleaved by row, missing ones are NaN', () => {
  const axes = [
    { low: 0, high: 4, base: 0, step: 2, delta: false },
    { low: 10, high: 12, base: 10, step: 1, delta: true },
  ];
  const first = [2, 255, 0, 255], second = [4, 3, 0, 0];
  const { dims, values, lows, highs } = decodeCoordinates(reader(first, second), 2, axes);
  assert.equal(dims, 2);
  assert.deepEqual([...values], [4, 12, NaN, 10]);
  assert.deepEqual([lows, highs], [[0, 10], [4, 12]]);
});

test('texts are sliced from the joined text, with line breaks of their own', () => {
  const plain = decodeTexts(reader(utf8('a\n\nü𝒳')), 3, { bytes: 9, breaks: 0 });
  assert.deepEqual([0, 1, 2].map((i) => textAt(plain, i)), ['a', '', 'ü𝒳']);
  assert.equal(plain.joined, 'a\n\nü𝒳');
  const broken = decodeTexts(reader(utf8('a\nb\n\n'), [1, 1]), 2, { bytes: 5, breaks: 1 });
  assert.deepEqual([0, 1].map((i) => textAt(broken, i)), ['a\nb', '\n']);
});

test('a byte order mark and NUL are characters like others', () => {
  const texts = decodeTexts(reader(utf8('\ufeffa\n\0')), 2, { bytes: 6, breaks: 0 });
  assert.deepEqual([0, 1].map((i) => textAt(texts, i)), ['\ufeffa', '\0']);
});

test('too few and too many cells are refused', () => {
  assert.throws(() => decodeTexts(reader(utf8('a\nb')), 3, { bytes: 3, breaks: 0 }), /too few/);
  assert.throws(() => decodeTexts(reader(utf8('a\nb')), 1, { bytes: 3, breaks: 0 }), /too many/);
  assert.throws(() => decodeTexts(reader(utf8('a\nb'), [1, 1]), 2, { bytes: 3, breaks: 1 }), /too few/);
  assert.throws(() => decodeTexts(reader([255, 10]), 2, { bytes: 2, breaks: 0 }));
});

test('joined texts have the same starts as decoded ones', () => {
  for (const list of [[], [''], ['a', '', 'bc']]) {
    const bytes = utf8(list.join('\n'));
    const decoded = decodeTexts(reader(bytes), list.length, { bytes: bytes.length, breaks: 0 });
    assert.deepEqual(joinTexts(list), decoded);
  }
});

test('a text column tells missing from empty', () => {
  const described = { kind: 'text', layout: 'text', text: { bytes: 3, breaks: 0 }, bits: true };
  const column = decodeColumn(reader(utf8('x\n\n'), [0b100]), { rows: 3, finite: 3 }, described);
  assert.deepEqual([0, 1, 2].map(column.cell), ['x', '', null]);
  assert.equal(column.codes, null);
});

test('a number column gives numbers, NaN for missing and for white space', () => {
  const described = { kind: 'number', layout: 'text', text: { bytes: 11, breaks: 0 }, bits: true };
  const column = decodeColumn(reader(utf8('007\n-1.5\n \n'), [0b1000]), { rows: 4, finite: 4 }, described);
  assert.deepEqual([0, 1, 2, 3].map(column.number), [7, -1.5, NaN, NaN]);
  assert.equal(column.cell(0), '007');
});

test('a category column counts the drawn rows and last the missing ones', () => {
  const described = { kind: 'category', layout: 'category', text: { bytes: 3, breaks: 0 }, values: 2, width: 1 };
  const column = decodeColumn(reader(utf8('a\nb'), [1, 0, 2, 1]), { rows: 4, finite: 3 }, described);
  assert.deepEqual([0, 1, 2, 3].map(column.cell), ['b', 'a', null, 'b']);
  assert.deepEqual([...column.counts], [1, 1, 1]);
  assert.equal(column.joined, 'b\na\n\nb');
  assert.deepEqual([...column.starts], [0, 2, 4, 5, 7]);
  assert.throws(() => decodeColumn(reader(utf8('a\nb'), [3, 0, 0, 0]), { rows: 4, finite: 4 }, described), /does not exist/);
});

test('neighbors as offsets are stored indices; rows left out have none', () => {
  const shape = { rows: 3, finite: 2, k: 1 };
  assert.deepEqual([...decodeOffsets(reader(2, 1), shape, { width: 1 })], [1, 0, -1]);
  assert.throws(() => decodeOffsets(reader(6, 1), shape, { width: 1 }), /names a row that does not exist/);
});

test('neighbors as positions take what is left of the other list, and bring their own', () => {
  const shape = { rows: 4, finite: 4, k: 3 };
  const other = Int32Array.from([1, 2, 3, 0, 2, 3, 0, 1, 3, 0, 1, 2]);
  const layout = { width: 1, escapes: 0, escapeWidth: 1 };
  const codes = [3, 1, 1, 1, 1, 1, 1, 2, 1, 2, 2, 1];
  assert.deepEqual([...decodePositions(reader(codes), shape, layout, other)], [3, 1, 2, 0, 2, 3, 0, 3, 1, 1, 2, 0]);
  const own = [1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1];
  const brought = decodePositions(reader(own, [0]), shape, { ...layout, escapes: 1 }, other);
  assert.deepEqual([...brought].slice(0, 3), [1, 2, 0]);
});

test('positions past the list and a wrong number of own neighbors are refused', () => {
  const shape = { rows: 3, finite: 3, k: 2 };
  const other = Int32Array.from([1, 2, 0, 2, 0, 1]);
  const layout = { width: 1, escapes: 0, escapeWidth: 1 };
  assert.throws(() => decodePositions(reader([1, 2, 1, 1, 1, 1]), shape, layout, other), /place that does not exist/);
  assert.throws(() => decodePositions(reader([1, 1, 1, 1, 1, 1], [2]), shape, { ...layout, escapes: 1 }, other), /own neighbors/);
});

test('distances grow from rank to rank by shares of their scale', () => {
  const shape = { rows: 2, finite: 1, k: 3 };
  const one = 1 + 149 * 128;
  const bytes = [one & 255, one >> 8, 0, 128, 255, 0, 0, 3];
  const distances = decodeDistances(reader(bytes), shape, { levels: 512 });
  assert.deepEqual([...distances.subarray(0, 3)], [0, 0.25, Infinity]);
  assert.ok(Number.isNaN(distances[3]));
});

test('thumbnails are numbered among the rows that have one', () => {
  assert.deepEqual([...numberTiles(Uint32Array.from([5, 0, 2, 9]), 5)], [-1, 0, 1, -1]);
  const sprite = { width: 10, height: 20, columns: 3, perSheet: 6 };
  assert.deepEqual(placeOf(7, sprite), { sheet: 1, x: 10, y: 0 });
  assert.deepEqual(placeOf(5, sprite), { sheet: 0, x: 20, y: 20 });
});

test('thumbnails open with an address for each sheet', async () => {
  const sheet = { block: 'b', type: 'image/png', width: 30, height: 20 };
  const sprite = { width: 10, height: 20, smooth: false, columns: 3, perSheet: 3, below: 2, sheets: [sheet] };
  const opened = await openThumbnails(sprite, Uint32Array.from([1, 2, 0]), async () => Uint8Array.from([1]));
  assert.match(opened.sheets[0].url, /^blob:/);
  assert.deepEqual([0, 1, 2].map(opened.place), [{ sheet: 0, x: 0, y: 0 }, null, { sheet: 0, x: 10, y: 0 }]);
  URL.revokeObjectURL(opened.sheets[0].url);
});
