/** The fields of the state, what they hold at first, and how a value given from outside is made safe. */

import { SPHERIZED, hasSpherized } from './drawn.js';
import { figureOf } from './figures.js';

/**
 * @typedef {object} State
 * @property {string} embedding id of the embedding on the screen
 * @property {number|null} step
 * @property {string} projection name such as "pca" or "tsne3d"
 * @property {number[]} components the PCA components on the axes, counted from 1; two or three
 * @property {object|null} custom
 * @property {boolean} spherize the PCA is that of the centered rows at length 1
 * @property {"cosine"|"euclidean"} metric
 * @property {number} k neighbors listed
 * @property {string|null} colorBy name of a column or of a figure of the points, null for one color
 * @property {string|null} labelBy name of a column, null for row numbers
 * @property {(string|null|true)[]} hidden classes that are not drawn: their value, null for missing, true for "other"
 * @property {{query: string, regex: boolean, column: string|null}} search
 * @property {number[]} selection rows, ascending
 * @property {number|null} focus the row whose neighbors are listed
 * @property {number[]|null} isolated rows that are drawn, null for all
 * @property {{label: string, rows: number[]}[]} trail the isolations that led to `isolated`, itself last
 * @property {{yaw: number, pitch: number, zoom: number, center: number[]}|null} camera null for the home view
 * @property {number} pointSize factor, 0.5 to 2
 * @property {number} opacity factor, 0.5 to 2
 * @property {boolean} images
 * @property {boolean} labels
 * @property {boolean} lines from point to point, where the data has them
 * @property {boolean} orbit
 * @property {"light"|"dark"|null} theme null for what the system asks for
 * @property {"figures"|"keys"|"bookmarks"|null} panel
 */

export const METRICS = ['cosine', 'euclidean'];
export const PANELS = ['figures', 'keys', 'bookmarks'];

/**
 * @param {object} embedding an embedding of the report
 * @returns {State} how the page opens on it
 */
export function initialState(embedding) {
  return {
    ...embeddingState(embedding),
    custom: null,
    spherize: false,
    metric: 'cosine',
    k: Math.min(10, embedding.k),
    search: { query: '', regex: false, column: null },
    pointSize: 1,
    opacity: 1,
    images: false,
    labels: true,
    lines: true,
    orbit: false,
    theme: null,
    panel: null,
  };
}

/**
 * The fields that belong to one embedding, as they are when it comes on the screen.
 * @param {object} embedding
 * @returns {Partial<State>}
 */
export function embeddingState(embedding) {
  const pca = embedding.projections.find((one) => one.method === 'pca');
  const name = (index) => (index === null || index === undefined ? null : embedding.columns[index].name);
  return {
    embedding: embedding.id,
    step: embedding.step ?? null,
    projection: embedding.opensWith,
    components: [1, 2, 3].slice(0, pca?.dims ?? 3),
    colorBy: embedding.colorFigure ?? name(embedding.colorBy),
    labelBy: name(embedding.labelBy),
    hidden: [],
    selection: [],
    focus: null,
    isolated: null,
    trail: [],
    camera: null,
  };
}

const finite = (value) => typeof value === 'number' && Number.isFinite(value);
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const oneOf = (list) => (value) => (list.includes(value) ? value : undefined);
const flag = (value) => (typeof value === 'boolean' ? value : undefined);
const between = (low, high) => (value) => (finite(value) ? clamp(value, low, high) : undefined);

function rowList(value, { rows }) {
  if (value === null) return null;
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return undefined;
  const kept = new Set();
  for (const row of value) if (Number.isInteger(row) && row >= 0 && row < rows) kept.add(row);
  return [...kept].sort((a, b) => a - b);
}

function columnName(value, { columns }) {
  return value === null || columns.some((column) => column.name === value) ? value : undefined;
}

function coloringName(value, embedding) {
  return figureOf(embedding, value)?.name ?? columnName(value, embedding);
}

/** The spherized PCA is asked for by its own name, or by the switch. */
function projectionName(value, embedding) {
  const name = value === SPHERIZED && hasSpherized(embedding) ? 'pca' : value;
  return embedding.projections.find((one) => one.name === name && name !== SPHERIZED)?.name;
}

function searchOf(value, embedding) {
  if (typeof value === 'string') return { query: value, regex: false, column: null };
  if (typeof value !== 'object' || value === null) return value === null ? searchOf('', embedding) : undefined;
  return {
    query: typeof value.query === 'string' ? value.query : '',
    regex: value.regex === true,
    column: columnName(value.column ?? null, embedding) ?? null,
  };
}

function cameraOf(value) {
  if (value === null) return null;
  const { yaw, pitch, zoom, center } = value ?? {};
  if (![yaw, pitch, zoom].every(finite) || !Array.isArray(center) || center.length !== 3 || !center.every(finite))
    return undefined;
  return { yaw, pitch: clamp(pitch, -Math.PI / 2, Math.PI / 2), zoom: clamp(zoom, 0.05, 400), center: [...center] };
}

function componentsOf(value, { projections }) {
  const pca = projections.find((projection) => projection.method === 'pca');
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) return undefined;
  const known = value.every((one) => Number.isInteger(one) && one >= 1 && one <= (pca?.dims ?? 3));
  if (!known) return undefined;
  const spare = Array.from({ length: pca?.dims ?? 3 }, (_, n) => n + 1).filter((one) => !value.includes(one));
  const apart = value.map((one, axis) => (value.indexOf(one) === axis ? one : spare.shift()));
  return apart.includes(undefined) ? undefined : apart;
}

function hiddenOf(value) {
  if (!Array.isArray(value)) return undefined;
  return value.filter((one) => typeof one === 'string' || one === null || one === true);
}

function trailOf(value, embedding) {
  if (!Array.isArray(value)) return undefined;
  return value.map((one) => ({ label: String(one?.label ?? ''), rows: rowList(one?.rows ?? [], embedding) ?? [] }));
}

const RULES = {
  step: (value) => (value === null || Number.isInteger(value) ? value : undefined),
  projection: projectionName,
  components: componentsOf,
  custom: (value) => value,
  spherize: (value, embedding) => (hasSpherized(embedding) ? flag(value) : undefined),
  metric: oneOf(METRICS),
  k: (value, { k }) => (finite(value) ? clamp(Math.round(value), Math.min(1, k), k) : undefined),
  colorBy: coloringName,
  labelBy: columnName,
  hidden: hiddenOf,
  search: searchOf,
  selection: (value, embedding) => rowList(value ?? [], embedding),
  focus: (value, { rows }) =>
    value === null || (Number.isInteger(value) && value >= 0 && value < rows) ? value : undefined,
  isolated: (value, embedding) => (value?.length === 0 ? null : rowList(value, embedding)),
  trail: trailOf,
  camera: cameraOf,
  pointSize: between(0.5, 2),
  opacity: between(0.5, 2),
  images: flag,
  labels: flag,
  lines: flag,
  orbit: flag,
  theme: oneOf(['light', 'dark', null]),
  panel: oneOf([...PANELS, null]),
};

/**
 * What of a patch given from outside (a script, the address, a bookmark) can be taken over.
 * A value that makes no sense for this embedding is left out; numbers are moved into their range.
 * @param {object} patch
 * @param {object} embedding the embedding the patch is for
 * @returns {Partial<State>}
 */
export function cleanPatch(patch, embedding) {
  const clean = {};
  for (const [name, rule] of Object.entries(RULES)) {
    if (!Object.hasOwn(patch, name)) continue;
    const value = rule(patch[name], embedding);
    if (value !== undefined) clean[name] = value;
  }
  if (patch.projection === SPHERIZED && clean.projection === 'pca') clean.spherize = true;
  return { ...clean, ...consistent(clean) };
}

/** Fields that follow from others when they are not given along with them. */
function consistent(patch) {
  const also = {};
  if (patch.selection && !('focus' in patch)) also.focus = patch.selection.length === 1 ? patch.selection[0] : null;
  if (Number.isInteger(patch.focus) && !('selection' in patch)) also.selection = [patch.focus];
  if ('isolated' in patch && !('trail' in patch))
    also.trail = patch.isolated ? [{ label: '', rows: patch.isolated }] : [];
  if ('isolated' in patch && !('camera' in patch)) also.camera = null;
  if (('projection' in patch || 'spherize' in patch) && !('camera' in patch)) also.camera = null;
  if ('colorBy' in patch && !('hidden' in patch)) also.hidden = [];
  return also;
}
