/** What labels and what colors the points: columns of the metadata, figures of the picture and of every point. */

import { drawnName } from '../state/drawn.js';
import { figureOf, offeredFigures } from '../state/figures.js';
import { NEXT_COLUMNS } from '../state/lines.js';
import { projectionWords } from '../text/words.js';
import { choice, make } from './dom.js';
import { asMeasured, shownProjection } from './projections.js';

const NONE = '';
const FIGURE = 'figure ';

/**
 * @param {object} app
 * @param {object} embedding the one on the screen
 * @returns {HTMLElement[]} "Label by" and "Color by", each where there is a choice
 */
export function columnChoices({ document, store }, embedding) {
  const { columns } = embedding;
  const { labelBy, colorBy } = store.get();
  const by = (words, select) => make(document, 'p.by', {}, [`${words} `, select]);
  const parts = [];
  if (columns.length > 0) {
    const options = [...named(columns.filter(offered(labelBy))), { value: NONE, text: 'row' }];
    const onChange = (value) => store.set({ labelBy: nameOf(embedding, value) });
    const value = valueOf(embedding, labelBy);
    parts.push(by('Label by', choice(document, { label: 'Label by', value, options, onChange })));
  }
  const options = colorings(embedding, store.get());
  if (options.length > 0) {
    const onChange = (value) => store.set({ colorBy: nameOf(embedding, value), hidden: [] });
    const value = valueOf(embedding, colorBy);
    const all = [...options, { value: NONE, text: 'nothing' }];
    const line = by('Color by', choice(document, { label: 'Color by', value, options: all, onChange }));
    line.classList.toggle('figure', value.startsWith(FIGURE));
    parts.push(line);
  }
  return parts;
}

const offered = (chosen) => (one) => one.name === chosen || !NEXT_COLUMNS.includes(one.name);
const named = (columns) => columns.map((one) => ({ value: String(one.index + 1), text: one.name }));

function valueOf(embedding, name) {
  const column = embedding.columns.findIndex((one) => one.name === name);
  if (column >= 0) return String(column + 1);
  const figure = figureOf(embedding, name);
  return figure ? FIGURE + figure.index : NONE;
}

function nameOf({ columns, figures }, value) {
  if (value === NONE) return null;
  return value.startsWith(FIGURE) ? figures[Number(value.slice(FIGURE.length))].name : columns[Number(value) - 1].name;
}

/** Columns that color, then figures in their groups. */
function colorings(embedding, state) {
  const { columns } = embedding;
  const colors = named(columns.filter((one) => one.kind !== 'text').filter(offered(state.colorBy)));
  const { picture, point } = offeredFigures(embedding, drawnName(embedding, state));
  const chosen = figureOf(embedding, state.colorBy);
  const other = chosen && ![...picture, ...point].includes(chosen) ? [chosen] : [];
  const group = (title, figures) =>
    figures.length === 0
      ? []
      : [{ group: title, options: figures.map((one) => ({ value: FIGURE + one.index, text: one.title })) }];
  const otherProjection = embedding.projections.find((one) => one.name === chosen?.projection);
  return [
    ...colors,
    ...group(pictureTitle(embedding, state), picture),
    ...group(`Another picture (${otherProjection ? projectionWords(otherProjection) : chosen?.projection})`, other),
    ...group('Every point', point),
  ];
}

/** A PCA is measured along its first three components, whatever others are drawn. */
function pictureTitle(embedding, state) {
  if (!embedding.projections.length) return 'This picture';
  const { projection } = shownProjection(embedding, state);
  const words = projectionWords(projection);
  return asMeasured(projection, state.components) ? `This picture (${words})` : `${words}, components 1 to 3`;
}
