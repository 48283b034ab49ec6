/** What the neighbors of a point say of its labels, where nearly all of them bear another one. */

const SUSPECTED = /^(?:figure:)?suspected_label_(\d+):(.*)$/s;

/**
 * @typedef {object} Suspicion
 * @property {string} column
 * @property {string} label the one that the neighbors bear
 * @property {number} votes neighbors that bear it
 * @property {number} of neighbors asked
 */

/**
 * The labels of a point that a figure of the page holds for suspect.
 * @param {object} dataset
 * @param {number} i stored index
 * @returns {Promise<Suspicion[]>}
 */
export async function suspicionsOf(dataset, i) {
  const { embedding } = dataset;
  const found = [];
  for (const { index, name } of embedding.figures) {
    const [, width, column] = SUSPECTED.exec(name) ?? [];
    if (column === undefined || dataset.place(column) < 0) continue;
    const share = (await embedding.figure(index))[i];
    if (!(share > 0)) continue;
    const { k, indices } = await embedding.neighbors(embedding.settings.metric);
    const near = indices.subarray(i * k, i * k + Math.min(k, Number(width)));
    found.push(...mostNamed(dataset, column, near, Math.round(share * Number(width))));
  }
  return found;
}

/** The label that so many of the neighbors bear; none where the page's neighbors do not tell. */
function mostNamed(dataset, column, near, votes) {
  const tally = new Map();
  for (const i of near) tally.set(dataset.cell(i, column), (tally.get(dataset.cell(i, column)) ?? 0) + 1);
  const [label] = [...tally].find(([cell, times]) => cell !== null && times === votes) ?? [null];
  return label === null ? [] : [{ column, label, votes, of: near.length }];
}
