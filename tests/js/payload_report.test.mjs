import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { load } from './load.mjs';

const { endsEarly, openReport } = await load('payload/report.js');
const { sourceFromDocument } = await load('payload/dom.js');

const packed = (bytes) => deflateRawSync(Uint8Array.from(bytes)).toString('base64');
const axis = { low: 0, high: 1, base: 0, step: 1, delta: false };

/** A report of two rows, one column and one projection, and how often each block was read. */
function smallReport(change = (manifest) => manifest) {
  const texts = {
    'block-order': packed([1, 0]),
    'block-pca': packed([1, 0, 0, 0]),
    'block-column': packed([97, 10, 98]),
    'block-indices': packed([2, 1]),
    'block-distances': packed([1, 1, 0, 0, 0, 0, 0, 0]),
    'block-plotly': packed([112]),
  };
  const sizes = { 'block-order': 2, 'block-pca': 4, 'block-column': 3, 'block-indices': 2, 'block-distances': 8, 'block-plotly': 1 };
  const blocks = Object.fromEntries(Object.entries(texts).map(([id, text]) => (
    [id, { chars: text.length, bytes: sizes[id], packed: 'deflate-raw' }])));
  const table = { indices: { block: 'block-indices', coding: 'offsets', width: 1 }, distances: { block: 'block-distances', levels: 512 } };
  const manifest = change({
    format: 1, version: '1.0.0', title: 'Small', seed: 0, bytes: 5000, notices: [], blocks, plotly: { block: 'block-plotly', version: '4.1.1' },
    embeddings: [{
      id: 'e0', run: '.', tensor: 't', title: 't', where: 't', rows: 2, dims: 3, dtype: 'float32', step: null, steps: [], stride: 1,
      finite: 2, labelBy: 0, colorBy: null, opensWith: 'pca', leftOut: 0, headline: '', digest: [], provenance: [], notices: [],
      settings: {}, order: { block: 'block-order', width: 1, delta: false }, sprite: null,
      columns: [{ name: 'c', kind: 'text', missing: 0, distinct: 2, min: null, max: null, block: 'block-column', layout: 'text',
        text: { bytes: 3, breaks: 0 }, bits: false }],
      projections: [{ name: 'pca', method: 'pca', dims: 1, variance: [1], kept: null, settings: {}, caption: 'PCA.',
        frame: { reach: 1, halfWidth: 1, halfHeight: 1 }, block: 'block-pca', axes: [axis] }],
      neighbors: { k: 1, cosine: table, euclidean: { ...table } },
    }],
  });
  const reads = {};
  return {
    reads,
    texts,
    source: {
      manifest,
      chars: (id) => texts[id]?.length ?? 0,
      block(id) {
        reads[id] = (reads[id] ?? 0) + 1;
        return texts[id];
      },
    },
  };
}

test('a report opens without unpacking anything', async () => {
  const { source, reads } = smallReport();
  const report = await openReport(source);
  assert.equal(report.title, 'Small');
  const [embedding] = report.embeddings;
  assert.deepEqual([embedding.rows, embedding.k, embedding.sprite, embedding.caption], [2, 1, null, 'PCA.']);
  assert.deepEqual(embedding.columns, [{ index: 0, name: 'c', kind: 'text', missing: 0, distinct: 2, min: null, max: null }]);
  assert.deepEqual(embedding.projections[0].frame, { reach: 1, halfWidth: 1, halfHeight: 1 });
  assert.deepEqual(reads, {});
});

test('each part is unpacked once, however often it is asked for', async () => {
  const { source, reads } = smallReport();
  const [embedding] = (await openReport(source)).embeddings;
  await Promise.all([embedding.ready(), embedding.ready(), embedding.column(0), embedding.column(0)]);
  assert.equal(await embedding.coordinates('pca'), await embedding.coordinates('pca'));
  assert.deepEqual(reads, { 'block-order': 1, 'block-column': 1, 'block-pca': 1 });
  assert.deepEqual([embedding.rowOf(0), embedding.indexOf(0)], [1, 1]);
});

test('what is not there is refused by name', async () => {
  const [embedding] = (await openReport(smallReport().source)).embeddings;
  await assert.rejects(embedding.column(3), /no column 3/);
  await assert.rejects(embedding.coordinates('tsne3d'), /no projection “tsne3d”/);
  await assert.rejects(embedding.neighbors('l1'), /no metric “l1”/);
  assert.equal(await embedding.thumbnails(), null);
});

test('a newer format and other JSON are refused', async () => {
  await assert.rejects(openReport(smallReport((m) => ({ ...m, format: 2 })).source), /has format 2; this page reads format 1/);
  await assert.rejects(openReport({ manifest: {}, block: () => '' }), /not a report/);
});

test('a file that ends early says how much of it arrived', async () => {
  const { source, texts } = smallReport((manifest) => ({ ...manifest, bytes: 4_200_000, blocks: { ...manifest.blocks, late: { chars: 1_100_000 } } }));
  texts.late = '';
  await assert.rejects(openReport(source), { message: 'This file ends early: 3.1 of 4.2 MB arrived. Download the report again.' });
  assert.equal(endsEarly(99_999, 100_000), 'This file ends early: 99.9 of 100.0 kB arrived. Download the report again.');
});

test('a damaged block names itself', async () => {
  const { source, texts } = smallReport();
  texts['block-order'] = packed([1]);
  texts['block-pca'] = '****';
  delete source.chars;
  const [embedding] = (await openReport(source)).embeddings;
  await assert.rejects(embedding.ready(), /“block-order” of this file is damaged/);
  await assert.rejects(embedding.coordinates('pca'), /“block-pca” of this file is damaged/);
});

test('plotly comes out as text', async () => {
  assert.equal(await (await openReport(smallReport().source)).plotly(), 'p');
});

test('a document gives a block once and forgets it', () => {
  const elements = new Map([['embreport-manifest', { textContent: '{"format":1}' }], ['block-a', { textContent: 'QQ==', remove: () => elements.delete('block-a') }]]);
  const source = sourceFromDocument({ getElementById: (id) => elements.get(id) ?? null });
  assert.equal(source.chars('block-a'), 4);
  assert.equal(source.block('block-a'), 'QQ==');
  assert.equal(source.chars('block-a'), 0);
  assert.throws(() => source.block('block-a'), /is gone/);
});

test('a document without a whole manifest ends early', () => {
  for (const element of [null, { textContent: '{"format":1,' }]) {
    assert.throws(() => sourceFromDocument({ getElementById: () => element }), /ends early/);
  }
});
