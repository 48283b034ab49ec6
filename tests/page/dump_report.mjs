/**
 * Opens the report in an HTML file with the page's own modules and prints all it holds as JSON:
 *     node dump_report.mjs report.html
 * NaN is printed as null, infinity as "Infinity".
 */
import { readFile } from 'node:fs/promises';
import { load } from '../js/load.mjs';

const { openReport } = await load('payload/report.js');
const html = await readFile(process.argv[2], 'utf8');
const texts = new Map();
for (const [, id, text] of html.matchAll(/<script type="application\/octet-stream" id="([^"]+)">([^<]*)<\/script>/g)) texts.set(id, text);
const manifest = JSON.parse(/<script type="application\/json" id="embreport-manifest">(.*?)<\/script>/s.exec(html)[1]);

const report = await openReport({
  manifest,
  chars: (id) => texts.get(id)?.length ?? 0,
  block(id) {
    const text = texts.get(id);
    if (text === undefined) throw new Error(`Block ${id} was read twice.`);
    texts.delete(id);
    return text;
  },
});

const plain = (values) => Array.from(values, (value) => (value === Infinity ? 'Infinity' : value));
const embeddings = [];
for (const embedding of report.embeddings) {
  await embedding.ready();
  const every = Array.from({ length: embedding.rows }, (_, i) => i);
  const columns = [];
  for (const { index } of embedding.columns) {
    const column = await embedding.column(index);
    columns.push({
      kind: column.kind,
      cells: every.map((i) => column.cell(i)),
      numbers: every.map((i) => column.number(i)),
      codes: column.codes && plain(column.codes),
      values: column.values,
      counts: column.counts && plain(column.counts),
      slices: every.map((i) => column.joined.slice(column.starts[i], column.starts[i + 1] - 1)),
    });
  }
  const projections = {};
  for (const { name } of embedding.projections) {
    const { dims, values, lows, highs } = await embedding.coordinates(name);
    projections[name] = { dims, values: plain(values), lows, highs };
  }
  const figures = [];
  for (const { index, name } of embedding.figures) figures.push({ name, values: plain(await embedding.figure(index)) });
  const tables = {};
  for (const metric of ['euclidean', 'cosine']) {
    const { k, indices, distances } = await embedding.neighbors(metric);
    tables[metric] = { k, indices: plain(indices), distances: plain(distances) };
  }
  const thumbnails = await embedding.thumbnails();
  embeddings.push({
    rows: embedding.rows,
    rowOf: every.map((i) => embedding.rowOf(i)),
    indexOf: every.map((row) => embedding.indexOf(row)),
    columns,
    projections,
    figures,
    tables,
    places: thumbnails && every.map((i) => thumbnails.place(i)),
  });
}
const plotly = await report.plotly();
process.stdout.write(JSON.stringify({ title: report.title, plotly: plotly.slice(0, 200), embeddings }));
