import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { count, counted, distance, distancesLike, listed, number, percent, shorten } = await load('text/format.js');
const { fold, foldJoined, foldWithOrigin } = await load('text/fold.js');
const { notAPattern, splitSentence } = await load('text/words.js');

test('counts have their thousands separated and a true minus', () => {
  assert.deepEqual([0, 999, 1000, 412338, -12000].map(count), ['0', '999', '1,000', '412,338', '\u221212,000']);
  assert.equal(counted(1, 'match', 'matches'), '1\u00a0match');
  assert.equal(counted(714, 'match', 'matches'), '714\u00a0matches');
});

test('percent keeps a no-break space and never turns a small share into nothing', () => {
  assert.equal(percent(0.481), '48\u00a0%');
  assert.equal(percent(0), '0\u00a0%');
  assert.equal(percent(0.001), '<\u00a01\u00a0%');
});

test('distances drop the zero before the point and say small ones as powers', () => {
  assert.equal(distance(0.0314), '.031');
  assert.equal(distance(2.114), '2.11');
  assert.equal(distance(1234.5), '1,235');
  assert.equal(distance(0.00001), '1.0e\u22125');
  assert.equal(distance(NaN), '');
});

test('a column of distances has as many decimals for all as its largest needs', () => {
  assert.deepEqual([0.5, 12.34].map(distancesLike([0.5, 12.34])), ['.5', '12.3']);
  assert.deepEqual([0.031, 0.2].map(distancesLike([0.031, 0.2])), ['.031', '.200']);
  assert.deepEqual([0, 0.00011, NaN].map(distancesLike([0, 0.00011])), ['≈ 0', '1.1e\u22124', '']);
});

test('numbers of the data stay short', () => {
  assert.deepEqual([129, 0.5, 1234.56, -3.14159, 1e-7, NaN].map(number), ['129', '0.5', '1,235', '\u22123.14', '1.00e\u22127', '']);
});

test('a list of names ends with and', () => {
  assert.deepEqual([['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed), ['a', 'a and b', 'a, b and c']);
});

test('shortening never cuts a character of two code units in half', () => {
  assert.equal(shorten('😀😀😀😀', 3), '😀😀…');
  assert.equal(shorten('short', 10), 'short');
});

test('folding makes case and compatibility forms equal and keeps accents', () => {
  assert.equal(fold('STRASSE'), fold('straße'));
  assert.equal(fold('ﬁne'), fold('FINE'));
  assert.equal(fold('ΣΊΣΥΦΟΣ'), fold('Σίσυφος'));
  assert.equal(fold('cafe\u0301'), fold('CAFÉ'));
  assert.notEqual(fold('café'), fold('cafe'));
});

test('folding many cells at once keeps where each begins, also when lengths change', () => {
  const cells = ['Straße', 'ﬁ', '', 'x'];
  const starts = Uint32Array.from([0, 7, 9, 10, 12]);
  const folded = foldJoined(cells.join('\n'), starts);
  const parts = cells.map((_, i) => folded.text.slice(folded.starts[i], folded.starts[i + 1] - 1));
  assert.deepEqual(parts.slice(0, 3), ['strasse', 'fi', '']);
  assert.equal(folded.text.slice(folded.starts[3]), 'x');
});

test('every folded character knows where it comes from', () => {
  const { text, origin } = foldWithOrigin('aßb');
  assert.equal(text, 'assb');
  assert.deepEqual([...origin], [0, 1, 1, 2, 3]);
});

test('a fault in a pattern is said in plain words', () => {
  assert.equal(notAPattern('(boot', 'Invalid regular expression: /(boot/iu: Unterminated group'), 'Not a pattern: “(boot” lacks a closing parenthesis.');
  assert.equal(notAPattern('[a', 'Invalid regular expression: /[a/iu: Unterminated character class'), 'Not a pattern: “[a” lacks a closing bracket.');
});

test('a split names the largest three classes and counts the rest', () => {
  const parts = [['a', 5], ['b', 3], ['c', 2], ['d', 1], ['e', 1]].map(([name, n]) => ({ name, count: n }));
  assert.equal(splitSentence(parts), '5\u00a0a, 3\u00a0b, 2\u00a0c and 2\u00a0other classes');
  assert.equal(splitSentence(parts.slice(0, 1)), '5\u00a0a');
});
