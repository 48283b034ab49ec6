import { decodeColumn } from './column.js';
import { decodeCoordinates } from './coordinates.js';
import { decodeFigure, figureAsked, namedFigures } from './figure.js';
import { decodeDistances, decodeOffsets, decodePositions } from './neighbors.js';
import { decodeOrder } from './order.js';
import { openThumbnails } from './thumbnails.js';

/**
 * One embedding of a report. Everything is by stored index; source rows are translated by `rowOf` and
 * `indexOf`. Parts are unpacked when asked for, once.
 */
export class Embedding {
  /**
   * @param {any} described the embedding in the manifest
   * @param {import('./report.js').Blocks} blocks
   */
  constructor(described, blocks) {
    const { id, run, tensor, title, where, rows, dims, dtype, step, steps, stride, finite, labelBy, colorBy } = described;
    Object.assign(this, { id, run, tensor, title, where, rows, dims, dtype, step, steps, stride, finite, labelBy, colorBy });
    this.opensWith = described.opensWith;
    this.leftOut = described.leftOut;
    this.notTaken = described.notTaken ?? 0;
    this.headline = described.headline;
    this.digest = described.digest;
    this.provenance = described.provenance;
    this.notices = described.notices;
    this.settings = described.settings;
    this.k = described.neighbors.k;
    this.recall = { cosine: described.neighbors.cosine.recall ?? null, euclidean: described.neighbors.euclidean.recall ?? null };
    this.columns = described.columns.map(({ name, kind, missing, distinct, min, max }, index) => (
      { index, name, kind, missing, distinct, min, max }));
    this.projections = described.projections.map(({ name, method, dims: axes, variance, kept, settings, caption, frame, points }) => (
      { name, method, dims: axes, variance, kept, settings, caption, frame, points: points ?? finite }));
    this.figures = namedFigures(
      (described.figures ?? []).map(({ name, title, unit, projection }, index) => ({ index, name, title, unit, projection })),
      this.columns,
    );
    this.colorFigure = figureAsked(described, this.figures);
    const { sprite } = described;
    this.lines = described.lines ?? null;
    this.savedViews = described.savedViews ?? [];
    this.sprite = sprite && { width: sprite.width, height: sprite.height, smooth: sprite.smooth };
    this.caption = this.projections.find(({ name }) => name === this.opensWith)?.caption ?? '';
    this.described = described;
    this.blocks = blocks;
    this.cache = new Map();
    this.order = null;
  }

  /** @returns {Promise<void>} when `rowOf` and `indexOf` can be used */
  ready() {
    return this.once('order', async () => {
      const { order } = this.described;
      this.order = decodeOrder(await this.blocks.reader(order.block), this.rows, order);
    });
  }

  /** @param {number} i stored index @returns {number} source row */
  rowOf(i) {
    return this.order.rowOf[i];
  }

  /** @param {number} row source row @returns {number} stored index */
  indexOf(row) {
    return this.order.indexOf[row];
  }

  /**
   * @param {number} index
   * @returns {Promise<import('./column.js').StoredColumn>}
   */
  column(index) {
    const described = this.described.columns[index];
    if (!described) return Promise.reject(new Error(`There is no column ${index}.`));
    return this.once(`column ${index}`, async () => decodeColumn(await this.blocks.reader(described.block), this, described));
  }

  /**
   * @param {string} name of a projection
   * @returns {Promise<{dims: number, values: Float32Array, lows: number[], highs: number[]}>}
   */
  coordinates(name) {
    const described = this.described.projections.find((projection) => projection.name === name);
    if (!described) return Promise.reject(new Error(`There is no projection “${name}”.`));
    return this.once(`coordinates ${name}`, async () => (
      decodeCoordinates(await this.blocks.reader(described.block), this.rows, described.axes)));
  }

  /**
   * @param {number} index
   * @returns {Promise<Float32Array>} a figure of every row, NaN where there is none
   */
  figure(index) {
    const described = this.described.figures[index];
    if (!described) return Promise.reject(new Error(`There is no figure ${index}.`));
    return this.once(`figure ${index}`, async () => decodeFigure(await this.blocks.reader(described.block), this.rows, described));
  }

  /**
   * @param {'cosine'|'euclidean'} metric
   * @returns {Promise<{k: number, indices: Int32Array, distances: Float32Array}>}
   */
  neighbors(metric) {
    const described = this.described.neighbors[metric];
    if (!described) return Promise.reject(new Error(`There is no metric “${metric}”.`));
    return this.once(`neighbors ${metric}`, async () => {
      const indices = await this.neighborIndices(metric);
      const reader = await this.blocks.reader(described.distances.block);
      return { k: this.k, indices, distances: decodeDistances(reader, this, described.distances) };
    });
  }

  /** @param {string} metric @returns {Promise<Int32Array>} */
  neighborIndices(metric) {
    return this.once(`indices ${metric}`, async () => {
      const { indices } = this.described.neighbors[metric];
      const reader = await this.blocks.reader(indices.block);
      if (indices.coding === 'offsets') return decodeOffsets(reader, this, indices);
      return decodePositions(reader, this, indices, await this.neighborIndices('cosine'));
    });
  }

  /** @returns {Promise<import('./thumbnails.js').Thumbnails|null>} */
  thumbnails() {
    const { sprite } = this.described;
    if (!sprite) return Promise.resolve(null);
    return this.once('thumbnails', async () => {
      await this.ready();
      return openThumbnails(sprite, this.order.rowOf, (id) => this.blocks.bytes(id));
    });
  }

  /**
   * @template T
   * @param {string} key
   * @param {() => Promise<T>} make
   * @returns {Promise<T>}
   */
  once(key, make) {
    if (!this.cache.has(key)) this.cache.set(key, make());
    return this.cache.get(key);
  }
}
