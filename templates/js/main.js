/** The only wiring: report, state, views and renderer, in the order in which the page comes alive. */

import { createApi } from './api.js';
import { sourceFromDocument } from './payload/dom.js';
import { openReport } from './payload/report.js';
import { createRenderer } from './scene/renderer.js';
import { readAddress } from './state/address.js';
import { NOTHING, derive } from './state/derive.js';
import { cleanPatch, initialState } from './state/fields.js';
import { mirrorAddress } from './state/mirror.js';
import { createStore } from './state/store.js';
import { createTasks } from './state/tasks.js';
import { createWatcher } from './state/watch.js';
import { createAnnouncer } from './views/announce.js';
import { showFailure, showTrouble } from './views/failure.js';
import { NARROW } from './views/layout.js';
import { onManifest, preview } from './views/preview.js';
import { createProgress } from './views/progress.js';
import { createShell } from './views/shell.js';

/**
 * @param {Document} document
 */
export function startPage(document) {
  const window = document.defaultView;
  const root = document.documentElement;
  root.classList.add('js');
  root.dataset.theme = openingTheme(window);
  const api = createApi();
  window.embreport = api.object;
  onManifest(document, () => preview(document, sourceFromDocument(document).manifest));
  const open = () =>
    openPage(document, window, api).catch((error) => {
      showFailure(document, error);
      api.fail(error);
    });
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', open);
  else open();
}

function openingTheme(window) {
  const asked = new URLSearchParams(window.location.hash.slice(1)).get('theme');
  if (asked === 'dark' || asked === 'light') return asked;
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

async function openPage(document, window, api) {
  const report = await openReport(sourceFromDocument(document));
  if (report.embeddings.length === 0) throw new Error('This report holds no embedding.');
  const app = createApp(document, window, report);
  const shell = createShell(app);
  api.connect(app);
  document.documentElement.classList.add('wired');
  shell.room.changed(false);
  shell.room.still();
  const progress = createProgress(document);
  progress(0.1);
  derive(app);
  await unpackedShell(app);
  window.performance.mark('embreport:shell');
  progress(0.4);
  await nextPaint(window);
  await draw(app, shell, progress);
  api.ready();
}

function createApp(document, window, report) {
  const address = readAddress(window.location.hash, report.embeddings);
  const home = initialState(address.embedding);
  const store = createStore({ ...home, ...cleanPatch(address.patch, address.embedding) });
  const derived = createStore(NOTHING, Object.is);
  const { watch, flush } = createWatcher([store, derived]);
  const app = { document, window, report, store, derived, watch, address, unpacked: new Map() };
  app.tasks = createTasks((error) => showTrouble(app, error));
  app.say = createAnnouncer(document);
  app.rowHeight = () => (window.innerWidth <= NARROW ? 44 : 32);
  app.startWorker = () => startWorkerOf(document, window);
  app.shown = async () => {
    flush();
    await app.tasks.settled();
    flush();
    await app.tasks.settled();
    await derived.get().renderer?.frame();
  };
  return app;
}

/** A worker runs the page's own script, which the policy knows. */
function startWorkerOf(document, window) {
  const text = document.getElementById('embreport-script').textContent;
  const url = window.URL.createObjectURL(new window.Blob([text], { type: 'text/javascript' }));
  try {
    return new window.Worker(url);
  } finally {
    window.setTimeout(() => window.URL.revokeObjectURL(url), 1000);
  }
}

/** Search and lists are usable: the columns and both orders are there. */
async function unpackedShell({ tasks, derived }) {
  await tasks.settled();
  if (!derived.get().dataset) throw new Error('A part of this file is damaged. Download the report again.');
}

const nextPaint = (window) =>
  new Promise((resolve) => {
    window.requestAnimationFrame(() => window.setTimeout(resolve, 0));
    window.setTimeout(resolve, 200);
  });

async function draw(app, shell, progress) {
  const { document, window, report, derived, watch, address } = app;
  watch(
    (_, { dataset }) => [dataset],
    (dataset) => {
      if (dataset) app.tasks.run(unpackProjections(app, dataset));
    },
  );
  const renderer = await createRenderer({
    container: shell.stage.container,
    wanted: address.kept.renderer ?? null,
    loadPlotly: () => loadPlotly(document, window, report),
    document,
    pixelRatio: window.devicePixelRatio,
  });
  progress(0.8);
  shell.picture.connect(renderer);
  renderer.onNote(() => derived.set({ noted: renderer.note }));
  mirrorAddress(app);
  await app.shown();
  document.documentElement.classList.add('drawn');
  progress(1);
  window.performance.mark('embreport:drawn');
}

/** All projections of the embedding on the screen, so that scripts get coordinates at once. */
async function unpackProjections(app, { embedding }) {
  const all = await Promise.all(
    embedding.projections.map(async ({ name }) => [name, await embedding.coordinates(name)]),
  );
  if (app.store.get().embedding === embedding.id) app.unpacked = new Map(all);
}

/** plotly's text is in the page, packed; its hash is in the policy, so as a script of its own it may run. */
async function loadPlotly(document, window, report) {
  const script = document.createElement('script');
  script.textContent = await report.plotly();
  document.head.append(script);
  if (!window.Plotly) throw new Error('plotly.js did not start.');
  return window.Plotly;
}
