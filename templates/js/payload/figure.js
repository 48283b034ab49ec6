/**
 * One figure of every row, by stored index, NaN where there is none. Format: embreport/page/payload/figures.py.
 * @param {import('./bytes.js').ByteReader} reader
 * @param {number} rows
 * @param {{coding: 'linear'|'log', base: number, step: number, width: number}} described
 * @returns {Float32Array}
 */
export function decodeFigure(reader, rows, described) {
  const { coding, base, step, width } = described;
  const steps = reader.integers(rows, width);
  const missing = 2 ** (8 * width) - 1;
  const valueOf = coding === 'log' ? (q) => (q === 0 ? 0 : base * Math.exp((q - 1) * step)) : (q) => base + q * step;
  return Float32Array.from(steps, (q) => (q === missing ? NaN : valueOf(q)));
}

/**
 * @param {{name: string}[]} figures as the report names them
 * @param {{name: string}[]} columns
 * @returns {object[]} the figures; one with the name of a column is told apart from it
 */
export function namedFigures(figures, columns) {
  const taken = new Set(columns.map((one) => one.name));
  return figures.map((figure) => ({ ...figure, name: taken.has(figure.name) ? `figure:${figure.name}` : figure.name }));
}

/**
 * @param {{figures?: {name: string}[], colorByFigure?: string|null}} described the embedding in the manifest
 * @param {{name: string}[]} named the same figures, by `namedFigures`
 * @returns {string|null} the figure that colors the points at first; null where a column does
 */
export function figureAsked({ figures = [], colorByFigure = null }, named) {
  return named[figures.findIndex((one) => one.name === colorByFigure)]?.name ?? null;
}
