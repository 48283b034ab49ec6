import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';
import { makeColumn, makeEmbedding } from './views_fixtures.mjs';

const { createTextSearch, matchIn, nearestQuery, rank } = await load('search/find.js');
const { createPatternSearch, readPattern } = await load('search/pattern.js');
const { findPattern, startWorker } = await load('search/worker.js');
const { createSearch } = await load('search/matches.js');
const { openDataset } = await load('state/dataset.js');

const column = (...cells) => makeColumn({ kind: 'text', cells });

/** A worker in the same thread; `mute` never answers, as a pattern that runs for ever. */
function fakeWorker({ mute = false } = {}) {
  const scope = {};
  const worker = { terminated: false, terminate() { this.terminated = true; }, postMessage(data) { if (!mute) queueMicrotask(() => scope.onmessage({ data })); } };
  scope.postMessage = (data) => queueMicrotask(() => worker.onmessage({ data }));
  startWorker(scope);
  return worker;
}

test('text is found whatever its case or compatibility form', () => {
  const search = createTextSearch([column('Lace-up Boot', 'sandal', 'BOOT', 'ﬁne boots', null)]);
  assert.deepEqual([...search.find('boot', [0])], [0, 2, 3]);
  assert.deepEqual([...search.find('FINE', [0])], [3]);
  assert.deepEqual([...search.find('', [0])], []);
});

test('a row is found once, however often and in however many columns it matches', () => {
  const search = createTextSearch([column('aa aa', 'b'), column('a', 'a')]);
  assert.deepEqual([...search.find('a', [0, 1])], [0, 1]);
  assert.deepEqual([...search.find('a', [0])], [0]);
});

test('no match runs from one row into the next', () => {
  const search = createTextSearch([column('ab', 'cd', 'ab\ncd')]);
  assert.deepEqual([...search.find('b\nc', [0])], [2]);
});

test('every substring that a plain loop finds is found, and no other', () => {
  const letters = 'abcßﬁ';
  const cells = Array.from({ length: 300 }, (_, n) => Array.from({ length: n % 5 }, (_, m) => letters[(n * 7 + m * 3) % letters.length]).join(''));
  const search = createTextSearch([column(...cells)]);
  for (const query of ['a', 'ab', 'ss', 'fi', 'sb', 'SSA']) {
    const wanted = cells.flatMap((cell, i) => (cell.normalize('NFKC').toUpperCase().includes(query.toUpperCase().replace('ß', 'SS')) ? [i] : []));
    assert.deepEqual([...search.find(query, [0])], wanted, query);
  }
});

test('the place of a match is in the cell as it is spelled', () => {
  assert.deepEqual(matchIn('Lace-up boot', 'BOOT'), [8, 12]);
  assert.deepEqual(matchIn('große', 'ss'), [3, 4]);
  assert.deepEqual(matchIn('ofﬁce', 'fi'), [2, 3]);
  assert.equal(matchIn('sandal', 'boot'), null);
});

test('labels that equal the query rank before those that begin with it or hold it', () => {
  assert.deepEqual(['Boot', 'boots', 'ankle boot', 'x', null].map((label) => rank(label, 'boot')), [0, 1, 2, 3, 3]);
});

test('an empty result offers the longest beginning of the query that finds something', () => {
  assert.deepEqual(nearestQuery('bootx', (query) => ('boot'.startsWith(query) ? 714 : 0)), { query: 'boot', count: 714 });
  assert.equal(nearestQuery('zzz', () => 0), null);
});

test('a pattern ignores case and may use Unicode properties', () => {
  const { source, flags } = readPattern('^\\p{Lu}x$');
  assert.ok(new RegExp(source, flags).test('ÉX'));
});

test('a pattern that Unicode mode refuses is read without it', () => {
  assert.equal(readPattern('a\\-b').flags, 'i');
});

test('a character that becomes syntax by normalising stays itself', () => {
  const { source, flags } = readPattern('（a');
  assert.ok(new RegExp(source, flags).test('（a'));
});

test('a pattern that cannot be read is refused with a sentence', () => {
  assert.throws(() => readPattern('(boot'), { message: 'Not a pattern: “(boot” lacks a closing parenthesis.' });
});

test('each cell is tested alone, so the ends of a pattern are the ends of the cell', () => {
  const columns = [{ text: 'ab\nxab\nab', starts: Uint32Array.from([0, 3, 7, 10]) }];
  const found = findPattern(/^ab$/i, columns, [4]);
  assert.deepEqual([...found.rows], [0, 2]);
  assert.deepEqual([...found.columns], [4, 4]);
  assert.deepEqual([[...found.begins], [...found.ends]], [[0, 0], [2, 2]]);
});

test('a pattern is searched in the worker', async () => {
  const search = createPatternSearch({ start: fakeWorker, columns: [column('Boot', 'sandal', 'bot')] });
  const found = await search.find('^b.*t$', [0]);
  assert.deepEqual([...found.rows], [0, 2]);
});

test('a pattern that does not end is stopped with a sentence, and the next one works', async () => {
  const workers = [fakeWorker({ mute: true }), fakeWorker()];
  const made = [];
  const search = createPatternSearch({ start: () => { made.push(workers[made.length]); return made.at(-1); }, columns: [column('aaa')], timeLimit: 20 });
  await assert.rejects(search.find('(a+)+$', [0]), /was stopped after/);
  assert.equal(made[0].terminated, true);
  assert.deepEqual([...(await search.find('a', [0])).rows], [0]);
});

test('a later pattern takes the place of one under way', async () => {
  let first = true;
  const start = () => { const worker = fakeWorker({ mute: first }); first = false; return worker; };
  const search = createPatternSearch({ start, columns: [column('aaa')] });
  const [early, late] = await Promise.all([search.find('a', [0]), search.find('aa', [0])]);
  assert.equal(early, null);
  assert.deepEqual([...late.rows], [0]);
});

test('without workers a pattern is refused and plain text still found', async () => {
  const embedding = makeEmbedding({ columns: [{ name: 'label', kind: 'text', cells: ['a', 'b'] }] });
  const search = createSearch({ dataset: await openDataset(embedding), startWorker: () => { throw new Error('blocked'); } });
  const refused = await search.run({ query: 'a', regex: true, column: null }, 'label');
  assert.match(refused.error, /does not start workers/);
  const found = await search.run({ query: 'a', regex: false, column: null }, 'label');
  assert.equal(found.indices.length, 1);
});

test('matches are listed by row, equal labels first, and say where they match', async () => {
  const embedding = makeEmbedding({ columns: [
    { name: 'label', kind: 'text', cells: ['ankle boot', 'boot', 'sandal', 'boots'] },
    { name: 'kind', kind: 'category', cells: ['x', 'x', 'boot', 'y'] },
  ] });
  const dataset = await openDataset(embedding);
  const search = createSearch({ dataset, startWorker: fakeWorker });
  const matches = await search.run({ query: 'boot', regex: false, column: null }, 'label');
  assert.deepEqual(Array.from(matches.indices, dataset.rowOf), [1, 3, 0, 2]);
  assert.deepEqual(matches.place(dataset.indexOf(0), 0), [6, 10]);
  assert.equal(matches.matched(dataset.indexOf(2)), 1);
  const inKind = await search.run({ query: 'boot', regex: false, column: 'kind' }, 'label');
  assert.deepEqual(Array.from(inKind.indices, dataset.rowOf), [2]);
});

test('a pattern lists matches with their place as spelled', async () => {
  const embedding = makeEmbedding({ columns: [{ name: 'label', kind: 'text', cells: ['ofﬁce', 'x'] }] });
  const dataset = await openDataset(embedding);
  const matches = await createSearch({ dataset, startWorker: fakeWorker }).run({ query: 'f.c', regex: true, column: null }, 'label');
  assert.deepEqual(Array.from(matches.indices, dataset.rowOf), [0]);
  assert.deepEqual(matches.place(matches.indices[0], 0), [2, 4]);
});

test('without metadata points are found by their row number', async () => {
  const dataset = await openDataset(makeEmbedding({ columns: [], rows: 30 }));
  const found = await createSearch({ dataset, startWorker: fakeWorker }).find({ query: '12', regex: false, column: null });
  assert.deepEqual(Array.from(found, dataset.rowOf), [12]);
});
