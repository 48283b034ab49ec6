import { ByteReader, fromBase64, inflate } from './bytes.js';
import { Embedding } from './embedding.js';

const FORMAT = 1;

/**
 * Where a report comes from. `block` gives a block's base64 and may forget it after; `chars`, where there
 * is one, how much of it arrived.
 * @typedef {object} ReportSource
 * @property {any} manifest
 * @property {(id: string) => string} block
 * @property {(id: string) => number} [chars]
 */

/** Unpacks blocks by id. */
export class Blocks {
  /** @param {ReportSource} source */
  constructor(source) {
    this.source = source;
    this.described = source.manifest.blocks;
  }

  /**
   * @param {string} id
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async bytes(id) {
    const described = this.described[id];
    if (!described) throw new Error(`The report has no part “${id}”.`);
    const text = this.source.block(id);
    let bytes = null;
    try {
      bytes = fromBase64(text);
      if (described.packed === 'deflate-raw') bytes = await inflate(bytes);
    } catch {
      bytes = null;
    }
    if (bytes?.length !== described.bytes) {
      throw new Error(`The part “${id}” of this file is damaged. Download the report again.`);
    }
    return bytes;
  }

  /**
   * @param {string} id
   * @returns {Promise<ByteReader>}
   */
  async reader(id) {
    return new ByteReader(await this.bytes(id));
  }
}

/**
 * Opens a report; its parts are unpacked when they are asked for.
 * @param {ReportSource} source
 * @returns {Promise<{format: number, version: string, title: string, seed: number, notices: any[], embeddings: Embedding[],
 *   manifest: any, plotly: () => Promise<string>}>}
 */
export async function openReport(source) {
  const { manifest } = source;
  if (!Number.isInteger(manifest?.format)) throw new Error('This file is not a report of embreport.');
  if (manifest.format > FORMAT) {
    throw new Error(`This report has format ${manifest.format}; this page reads format ${FORMAT}.`);
  }
  refuseCutShort(source);
  const blocks = new Blocks(source);
  return {
    format: manifest.format,
    version: manifest.version,
    title: manifest.title,
    seed: manifest.seed,
    notices: manifest.notices,
    embeddings: manifest.embeddings.map((described) => new Embedding(described, blocks)),
    manifest,
    plotly: async () => new TextDecoder().decode(await blocks.bytes(manifest.plotly.block)),
  };
}

/** @param {ReportSource} source */
function refuseCutShort(source) {
  if (!source.chars) return;
  const { manifest } = source;
  let lacking = 0;
  for (const [id, { chars }] of Object.entries(manifest.blocks)) lacking += Math.max(0, chars - source.chars(id));
  if (lacking > 0) throw new Error(endsEarly(manifest.bytes - lacking, manifest.bytes));
}

/**
 * @param {number} arrived bytes
 * @param {number} whole bytes
 * @returns {string}
 */
export function endsEarly(arrived, whole) {
  const unit = whole >= 1e6 ? 1e6 : 1e3;
  const size = (bytes) => (Math.floor(bytes / unit * 10) / 10).toFixed(1);
  return `This file ends early: ${size(arrived)} of ${size(whole)} ${unit === 1e6 ? 'MB' : 'kB'} arrived. Download the report again.`;
}
