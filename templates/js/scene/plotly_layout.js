/** The bare plotly scene that both plotly renderers use: no axes, no ground, no handling of the mouse. */

/** Half of the fixed range of each axis; a little more than 1, so that nothing at the rim is cut. */
export const RANGE = 1.05;

/**
 * @param {number} width CSS pixels.
 * @param {number} height
 * @returns {object} Layout for Plotly.newPlot.
 */
export function bareLayout(width, height) {
  const axis = () => ({ visible: false, showspikes: false, autorange: false, range: [-RANGE, RANGE] });
  return {
    width: Math.max(10, Math.round(width)),
    height: Math.max(10, Math.round(height)),
    autosize: false,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    showlegend: false,
    scene: {
      xaxis: axis(), yaxis: axis(), zaxis: axis(),
      aspectmode: 'cube', bgcolor: 'rgba(0,0,0,0)', dragmode: false, hovermode: false,
    },
  };
}

/**
 * @param {number} pixelRatio
 * @returns {object} Config for Plotly.newPlot.
 */
export function bareConfig(pixelRatio) {
  return {
    displayModeBar: false, displaylogo: false, scrollZoom: false, doubleClick: false, responsive: false,
    showTips: false, plotGlPixelRatio: Math.min(2, pixelRatio),
  };
}

/**
 * The plotly camera of our own: same direction, with the eye at a distance in normalised units.
 * @param {import('./camera.js').Lens} lens
 * @param {number} distance
 * @returns {object} For relayout of `scene.camera`.
 */
export function plotlyCamera(lens, distance) {
  const unit = 1 / (2 * RANGE), { center, toward, up } = lens;
  const vector = ([x, y, z]) => ({ x, y, z });
  return {
    center: vector(center.map((value) => value * unit)),
    eye: vector(center.map((value, k) => (value + toward[k] * distance) * unit)),
    up: vector(up),
    projection: { type: 'perspective' },
  };
}

/**
 * @param {Document} document
 * @param {HTMLElement} container
 * @returns {HTMLElement} A child of the container that takes no pointer events.
 */
export function makeHost(document, container) {
  const host = document.createElement('div');
  Object.assign(host.style, { position: 'absolute', left: '0', top: '0', pointerEvents: 'none' });
  host.setAttribute('aria-hidden', 'true');
  container.append(host);
  return host;
}
