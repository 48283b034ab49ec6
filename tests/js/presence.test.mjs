import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { isInPage } = await load('state/presence.js');
const { numberTiles } = await load('payload/thumbnails.js');

test('rows that were left out for the size of the page are stored last and are not in it', () => {
  const embedding = { rows: 10, finite: 5, leftOut: 2, notTaken: 3 };
  assert.deepEqual([0, 4, 6, 7, 9].map((i) => isInPage(embedding, i)), [true, true, true, false, false]);
  assert.equal(isInPage({ rows: 10 }, 9), true);
});

test('only rows in the page have a tile, and tiles are numbered among them', () => {
  const rowOf = Uint32Array.from([4, 0, 3, 1, 2]);
  assert.deepEqual([...numberTiles(rowOf, 4, 3)], [-1, 0, 1, -1, -1]);
  assert.deepEqual([...numberTiles(rowOf, 4)], [-1, 0, 1, 2, 3]);
});
