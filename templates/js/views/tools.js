/** The tools of the picture, in one pill. */

import { percent } from '../text/format.js';
import { iconButton, make } from './dom.js';

/**
 * @param {object} app
 * @returns {HTMLElement}
 */
export function createTools(app) {
  const { document, store, report, watch } = app;
  const flip = (field) => () => store.set({ [field]: !store.get()[field] });
  const orbit = iconButton(document, {
    icon: 'turn',
    name: 'Turn slowly',
    key: 'O',
    classes: 'rare',
    pressed: false,
    onClick: flip('orbit'),
  });
  const labels = iconButton(document, {
    icon: 'label',
    name: 'Labels',
    key: 'T',
    pressed: true,
    onClick: flip('labels'),
  });
  const images = iconButton(document, {
    icon: 'image',
    name: 'Images',
    key: 'I',
    pressed: false,
    onClick: flip('images'),
  });
  const sizes = sizePanel(app);
  const size = iconButton(document, {
    icon: 'size',
    name: 'Size and opacity',
    classes: 'rare',
    onClick: () => showSizes(sizes.hidden),
  });
  const home = iconButton(document, {
    icon: 'home',
    name: 'Home',
    key: 'H',
    classes: 'always',
    onClick: () => store.set({ camera: null }),
  });
  const element = make(document, 'div.tools.live', { role: 'toolbar', 'aria-label': 'Picture' }, [
    orbit,
    make(document, 'i'),
    labels,
    images,
    size,
    make(document, 'i'),
    home,
    sizes,
  ]);

  function showSizes(on) {
    sizes.hidden = !on;
    size.setAttribute('aria-expanded', String(on));
  }

  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || sizes.hidden) return;
    event.stopPropagation();
    showSizes(false);
    size.focus();
  });
  document.addEventListener('pointerdown', (event) => {
    if (!element.contains(event.target)) showSizes(false);
  });
  watch(
    (state) => [state.orbit, state.labels, state.images],
    (turning, named, shown) => {
      orbit.setAttribute('aria-pressed', String(turning));
      labels.setAttribute('aria-pressed', String(named));
      images.setAttribute('aria-pressed', String(shown));
    },
  );
  watch(
    (state) => [state.embedding],
    (id) => {
      images.hidden = !report.embeddings.find((one) => one.id === id).sprite;
    },
  );
  showSizes(false);
  return element;
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
