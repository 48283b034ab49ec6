/** The tools of the picture, in one pill. */

import { percent } from '../text/format.js';
import { iconButton, make } from './dom.js';

/** Icon, name, key, and the field of the state a button flips. */
const SWITCHES = {
  orbit: { icon: 'turn', name: 'Turn slowly', key: 'O', classes: 'rare' },
  labels: { icon: 'label', name: 'Labels', key: 'T' },
  lines: { icon: 'lines', name: 'Lines', key: 'L' },
  images: { icon: 'image', name: 'Images', key: 'I' },
};
const HOME = { icon: 'home', name: 'Home', key: 'H', classes: 'always' };

/**
 * @param {object} app
 * @returns {HTMLElement}
 */
export function createTools(app) {
  const { document, store, report, watch } = app;
  const buttons = Object.fromEntries(Object.keys(SWITCHES).map((field) => [field, flipper(app, field)]));
  const { orbit, labels, lines, images } = buttons;
  const sizes = sizePanel(app);
  const size = sizeButton(document, sizes);
  const home = iconButton(document, { ...HOME, onClick: () => store.set({ camera: null }) });
  const gap = () => make(document, 'i');
  const attributes = { role: 'toolbar', 'aria-label': 'Picture' };
  const element = make(document, 'div.tools.live', attributes, [
    orbit,
    gap(),
    labels,
    lines,
    images,
    size,
    gap(),
    home,
    sizes,
  ]);
  closeOutside(document, element, size, sizes);
  watch(
    (state) => [state.embedding],
    (id) => {
      const embedding = report.embeddings.find((one) => one.id === id);
      images.hidden = !embedding.sprite;
      lines.hidden = embedding.lines === null;
    },
  );
  return element;
}

function flipper({ document, store, watch }, field) {
  const onClick = () => store.set({ [field]: !store.get()[field] });
  const button = iconButton(document, { ...SWITCHES[field], pressed: false, onClick });
  watch(
    (state) => [state[field]],
    (on) => button.setAttribute('aria-pressed', String(on)),
  );
  return button;
}

function sizeButton(document, sizes) {
  const onClick = () => unfold(button, sizes, sizes.hidden);
  const button = iconButton(document, { icon: 'size', name: 'Size and opacity', classes: 'rare', onClick });
  unfold(button, sizes, false);
  return button;
}

function unfold(button, sizes, on) {
  sizes.hidden = !on;
  button.setAttribute('aria-expanded', String(on));
}

function closeOutside(document, element, button, sizes) {
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || sizes.hidden) return;
    event.stopPropagation();
    unfold(button, sizes, false);
    button.focus();
  });
  document.addEventListener('pointerdown', (event) => {
    if (!element.contains(event.target)) unfold(button, sizes, false);
  });
}

function sizePanel({ document, store, watch }) {
  const slider = (name, field) => {
    const output = make(document, 'output');
    const input = make(document, 'input', {
      type: 'range',
      min: '-1',
      max: '1',
      step: '0.05',
      'aria-label': name,
      on: { input: () => store.set({ [field]: 2 ** Number(input.value) }) },
    });
    watch(
      (state) => [state[field]],
      (factor) => {
        input.value = String(Math.log2(factor));
        output.textContent = percent(factor);
      },
    );
    return make(document, 'label', {}, [make(document, 'span', { text: name }), input, output]);
  };
  return make(document, 'div.sizes', { hidden: true, role: 'group', 'aria-label': 'Size and opacity' }, [
    slider('Size', 'pointSize'),
    slider('Opacity', 'opacity'),
  ]);
}
